//! A way to the server on which nothing that was written is held back.
//!
//! The driver leaves Nagle's algorithm on. Of what it writes in two parts, as it does at the beginning of TLS and with a
//! message that TLS puts into two records, the second waits for an acknowledgement of the first, which servers put off for
//! 40 ms. It has no switch for that, and takes no socket that somebody else opened, but it does take the path of a Unix
//! socket: behind one in a folder that is this process's own, the bytes go on by TCP at once.

use sqlx::postgres::PgConnectOptions;

/// The options with which the driver comes to the same server by such a way. They stay as they are where a server is asked
/// for by a Unix socket already, and where none can be made.
///
/// # Errors
/// Where the server cannot be reached.
#[cfg(unix)]
pub(super) async fn at_once(options: PgConnectOptions) -> Result<PgConnectOptions, sqlx::Error> {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    use tokio::net::{TcpStream, UnixListener};

    let (host, port) = (options.get_host(), options.get_port());
    if options.get_socket().is_some() || host.starts_with('/') {
        return Ok(options);
    }
    let mut far = TcpStream::connect((host, port)).await?;
    let made = tempfile::Builder::new().prefix("tablature").permissions(Permissions::from_mode(0o700)).tempdir();
    let near = made.and_then(|folder| {
        // The name that the protocol's clients give a socket in a folder.
        let listener = UnixListener::bind(folder.path().join(format!(".s.PGSQL.{port}")))?;
        far.set_nodelay(true)?;
        Ok((folder, listener))
    });
    // A path may be too long for a socket, and a folder that is for everybody may be full.
    let Ok((folder, listener)) = near else { return Ok(options) };
    let options = options.socket(folder.path());
    tokio::spawn(async move {
        let accepted = listener.accept().await;
        drop(folder);
        if let Ok((mut near, _)) = accepted {
            // Either side finds out by itself that the other one is gone.
            drop(tokio::io::copy_bidirectional(&mut near, &mut far).await);
        }
    });
    Ok(options)
}

/// There are no Unix sockets here.
#[cfg(not(unix))]
pub(super) async fn at_once(options: PgConnectOptions) -> Result<PgConnectOptions, sqlx::Error> {
    Ok(options)
}
