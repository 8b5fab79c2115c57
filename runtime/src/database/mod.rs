//! One asynchronous database over three engines.
//!
//! [`options`] says how one is connected to, [`pool`] makes one of the three engines' pools and connections, [`session`] is
//! what statements are run on, whether each has a connection of its own or all that of a [`transaction`]. Nothing here is
//! generic over the engine: generated crates call it for a thousand tables, and everyone compiles them.

mod blame;
mod bulk;
mod caching;
mod error;
mod expression;
mod follow;
#[cfg(feature = "postgres")]
mod follow_writes;
mod invalidation;
mod many;
mod operate;
mod options;
mod pool;
mod query;
mod select;
mod session;
mod statement;
mod transaction;
mod url;
mod verify;
mod violation;

pub use caching::Cached;
#[cfg(feature = "self-test")]
pub(crate) use error::ELSEWHERE;
pub use error::Error;
#[cfg(feature = "postgres")]
pub use follow_writes::{CACHE_CHANNEL, WriteFollower};
pub use options::DatabaseOptions;
#[cfg(feature = "migrate")]
pub(crate) use pool::on;
pub use pool::{Done, RowStream};
pub use query::Query;
pub use select::{Condition, Cursor, Operand, Order, Page, Pages, Select, TextValue};
pub use session::{Database, Session};
pub use transaction::{Isolation, Transaction, TransactionOptions};
pub use url::{BadTimeout, DatabaseUrl, UrlError};
pub use verify::{Difference, DifferenceKind, Filling, ForeignKeyShape};
pub use violation::{Violation, ViolationKind};

#[cfg(feature = "self-test")]
pub(crate) use {
    expression::column_param,
    operate::{Target, Values, changed, given},
};
