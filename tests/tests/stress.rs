//! Short runs of what `cargo xtask stress` does for minutes.
#![expect(clippy::unwrap_used, reason = "a test stops where it is not as it expects")]

use std::process::{Command, Output};

fn stress(arguments: &[&str]) -> (Output, String) {
    let program = env!("CARGO_BIN_EXE_cache-stress");
    let output = Command::new(program).args(["run", "--minutes", "3"]).args(arguments).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output, said)
}

#[test]
fn nothing_stale_is_read_while_writers_are_killed() {
    let (output, said) = stress(&["--reads", "3000", "--kills", "15"]);
    assert!(output.status.success(), "{said}");
}

#[test]
fn a_broken_protocol_is_noticed() {
    let (output, said) = stress(&["--reads", "3000", "--kills", "15", "--calm", "--break", "no-barrier"]);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("\nSTALE ") && said.contains("faults           0"), "{said}");
}
