//! What every reader of queries has to know of them.

use sqlparser::ast::{Select, SelectFlavor};

/// Whether a SELECT has no clause that the engines here do not have. `INTO`, which some of them have, is the reader's to judge.
pub(crate) fn is_ordinary(select: &Select) -> bool {
    select.top.is_none()
        && select.exclude.is_none()
        && select.lateral_views.is_empty()
        && select.prewhere.is_none()
        && select.connect_by.is_empty()
        && select.cluster_by.is_empty()
        && select.distribute_by.is_empty()
        && select.sort_by.is_empty()
        && select.qualify.is_none()
        && select.value_table_mode.is_none()
        && matches!(select.flavor, SelectFlavor::Standard)
}
