//! Lets a server judge the statements that were found.

use super::names::Fault;
use super::{IssueKind, Outcome, Verdict};
use crate::config::TargetKind;
use crate::findings::Place;
use crate::reflect::{self, Answer, DatabaseUrl, ReflectError};

/// Lets a database prepare every statement that is one, and puts its word in place of what the names alone say. Nothing is
/// executed.
///
/// # Errors
/// Where the database cannot be reached, or the connection is lost.
pub async fn prepare(url: &DatabaseUrl, verdict: &mut Verdict) -> Result<(), ReflectError> {
    let statements = verdict.statements.iter_mut();
    // What the source makes before it runs a statement is not there yet.
    let mut asked: Vec<_> = statements
        .filter(|statement| statement.kind == TargetKind::Sql && !statement.needs_what_source_makes)
        .collect();
    asked.retain(|statement| statement.for_server.is_some());
    let texts: Vec<String> = asked.iter().filter_map(|statement| statement.for_server.clone()).collect();
    let answers = reflect::prepare(url, &texts).await?;
    for ((statement, sent), answer) in asked.into_iter().zip(texts).zip(answers) {
        match answer {
            Answer::Prepared => {
                statement.outcome = Outcome::Verified;
                statement.reason = None;
                statement.issues.clear();
            }
            Answer::Refused { message, at } => {
                // A name that is not there has its own place and suggestion.
                if statement.outcome == Outcome::Wrong {
                    continue;
                }
                let text = statement.text.clone().unwrap_or_default();
                let is_as_written = text == sent;
                let at = at.filter(|_| is_as_written).and_then(|at| text.char_indices().nth(at));
                let byte = at.map_or(0, |(byte, _)| byte);
                let message = format!("the server refuses it: {message}");
                statement.add_issue(Fault {
                    byte,
                    kind: IssueKind::Refused,
                    place: Place::default(),
                    name: text,
                    suggestion: None,
                    message,
                });
            }
            Answer::Undecided { message } => {
                if statement.outcome != Outcome::Wrong {
                    statement.outcome = Outcome::Unverifiable;
                    statement.reason = Some(format!("the server cannot tell: {message}"));
                }
            }
        }
    }
    Ok(())
}
