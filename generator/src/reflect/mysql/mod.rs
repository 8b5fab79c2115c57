//! Placeholder.

use super::{DatabaseUrl, Options, ReflectError, Reflection};

pub(super) async fn reflect(_url: &DatabaseUrl, _options: &Options) -> Result<Reflection, ReflectError> {
    unimplemented!()
}
