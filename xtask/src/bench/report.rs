//! Figures as Markdown.

use super::codegen::Figures;
use super::process::{Took, seconds};

/// All figures: what the program took, what went over the network, what other tools took.
pub(super) fn table(all: &[Figures]) -> String {
    let mut text = String::from(
        "| database | | full run | reflect | resolve | render | write | peak memory | nothing changed | without the probe |\n\
         |---|---|---|---|---|---|---|---|---|---|\n",
    );
    for figures in all {
        let stage = |name: &str| {
            let found = figures.stages.iter().find(|(stage, _)| stage == name);
            found.map_or_else(String::new, |(_, millis)| seconds(millis / 1000.0))
        };
        text.push_str(&format!(
            "| {}, {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
            figures.database,
            figures.engine,
            figures.relations,
            wall(figures.full.as_ref()),
            stage("reflect"),
            stage("resolve"),
            stage("render"),
            stage("sync"),
            figures.full.as_ref().map_or_else(String::new, |took| megabytes(took.peak)),
            wall(figures.again.as_ref()),
            wall(figures.again_unaided.as_ref()),
        ));
    }
    let networks: Vec<_> = all.iter().filter_map(|figures| Some((figures, figures.network.as_ref()?))).collect();
    if !networks.is_empty() {
        text.push_str(
            "\n| database | statements | round trips | received | nothing changed | + 2 ms | nothing changed | + 20 ms | nothing \
         changed |\n|---|---|---|---|---|---|---|---|---|\n",
        );
    }
    for (figures, network) in networks {
        text.push_str(&format!(
            "| {} | {} | {} | {} | {} round trips, {} |",
            figures.database,
            network.statements,
            network.round_trips,
            kilobytes(network.received),
            network.again_round_trips,
            kilobytes(network.again_received),
        ));
        for (_, full, again) in &network.delayed {
            text.push_str(&format!(" {} | {} |", seconds(full.wall), seconds(again.wall)));
        }
        text.push('\n');
    }
    if all.iter().all(|figures| figures.others.is_empty()) {
        return text;
    }
    text.push_str(
        "\n| database | tool | time | processor | peak memory | Tablature takes |\n|---|---|---|---|---|---|\n",
    );
    for figures in all {
        let own = figures.full.as_ref().map(|took| ("Tablature (Rust crate)", Some(took)));
        let others = figures.others.iter().map(|(name, took)| (*name, took.as_ref()));
        for (name, took) in own.into_iter().chain(others) {
            text.push_str(&match took {
                None => format!("| {} | {name} | not installed | | | |\n", figures.database),
                Some(took) => format!(
                    "| {} | {name} | {} | {} | {} | {} |\n",
                    figures.database,
                    if took.well { seconds(took.wall) } else { "failed".to_owned() },
                    seconds(took.cpu),
                    megabytes(took.peak),
                    figures.full.as_ref().map_or_else(String::new, |own| format!("{:.2} of it", own.wall / took.wall)),
                ),
            });
        }
    }
    text
}

fn wall(took: Option<&Took>) -> String {
    took.map_or_else(String::new, |took| seconds(took.wall))
}

fn megabytes(bytes: u64) -> String {
    format!("{:.0} MB", bytes as f64 / 1e6)
}

fn kilobytes(bytes: u64) -> String {
    format!("{:.0} kB", bytes as f64 / 1e3)
}
