//! Event triggers by which a PostgreSQL server tells of changes of its schema.
//!
//! They are installed on request and stay until they are removed; a watcher that crashes leaves nothing behind that it did not
//! find. All of it is in one schema, [`SCHEMA`], which reflection does not see.

/// The schema that holds everything. Reflection and fingerprints leave it out.
pub(crate) const SCHEMA: &str = "tablature_watch";

/// The channel on which they speak.
pub(super) const CHANNEL: &str = "tablature_watch";

/// The version of what is installed: the number in the names of the functions.
const VERSION: u32 = 1;

/// What is to be installed, to be run in one transaction. What an earlier version left is replaced.
///
/// The function runs with the rights of who alters the schema, names everything by its schema, and swallows its own errors: whoever
/// alters a table is not to fail for somebody who watches. For the same reason it is silent where the server allows
/// prepared transactions, for one that has notified cannot be prepared, and where the queue of notifications is half
/// full, for a transaction whose notification finds no place fails. Temporary tables are nobody's concern.
pub(crate) fn install() -> String {
    format!(
        r"{uninstall};
CREATE SCHEMA {SCHEMA};
CREATE FUNCTION {SCHEMA}.tell_{VERSION}() RETURNS pg_catalog.event_trigger
LANGUAGE plpgsql SECURITY INVOKER SET search_path = '' AS $tablature$
DECLARE
  matters boolean;
BEGIN
  IF tg_event OPERATOR(pg_catalog.=) 'sql_drop' THEN
    matters := EXISTS (
      SELECT FROM pg_catalog.pg_event_trigger_dropped_objects() AS o WHERE NOT o.is_temporary);
  ELSE
    matters := EXISTS (
      SELECT FROM pg_catalog.pg_event_trigger_ddl_commands() AS c
      WHERE c.schema_name IS NULL OR c.schema_name OPERATOR(pg_catalog.<>) 'pg_temp');
  END IF;
  IF matters
    AND pg_catalog.current_setting('max_prepared_transactions') OPERATOR(pg_catalog.=) '0'
    AND pg_catalog.pg_notification_queue_usage() OPERATOR(pg_catalog.<) 0.5
  THEN
    PERFORM pg_catalog.pg_notify('{CHANNEL}', '');
  END IF;
EXCEPTION WHEN OTHERS THEN
  NULL;
END
$tablature$;
COMMENT ON FUNCTION {SCHEMA}.tell_{VERSION}() IS
  'Tells those who run `tablature watch` that the schema may have changed. `tablature watch --uninstall` removes it.';
CREATE EVENT TRIGGER tablature_watch_ddl ON ddl_command_end EXECUTE FUNCTION {SCHEMA}.tell_{VERSION}();
CREATE EVENT TRIGGER tablature_watch_drop ON sql_drop EXECUTE FUNCTION {SCHEMA}.tell_{VERSION}();
SELECT pg_catalog.pg_notify('{CHANNEL}', '')",
        uninstall = uninstall()
    )
}

/// What removes it again, whichever version it is: the event triggers go with the functions that they call.
pub(crate) fn uninstall() -> String {
    format!("DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
}

/// A statement of one row: whether both triggers of this version are there and fire.
pub(super) fn installed() -> String {
    format!(
        r#"SELECT pg_catalog.count(*) OPERATOR(pg_catalog.=) 2
    AND pg_catalog.current_setting('max_prepared_transactions') OPERATOR(pg_catalog.=) '0' AS installed
FROM pg_catalog.pg_event_trigger t
JOIN pg_catalog.pg_proc p ON p.oid OPERATOR(pg_catalog.=) t.evtfoid
JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) p.pronamespace
WHERE n.nspname OPERATOR(pg_catalog.=) '{SCHEMA}' AND p.proname OPERATOR(pg_catalog.=) 'tell_{VERSION}'
    AND t.evtenabled OPERATOR(pg_catalog.=) ANY ('{{O,A}}'::"char"[])
    AND t.evtevent OPERATOR(pg_catalog.=) ANY ('{{ddl_command_end,sql_drop}}'::name[])"#
    )
}

/// A statement of one row: how many transactions the server lets be prepared, and what of this schema is somebody else's.
pub(super) fn obstacles() -> String {
    format!(
        r"SELECT pg_catalog.current_setting('max_prepared_transactions') AS prepared, (
    SELECT pg_catalog.string_agg(x.name, ', ') FROM (
        SELECT c.relname::text AS name FROM pg_catalog.pg_class c
        WHERE c.relnamespace OPERATOR(pg_catalog.=) n.oid
        UNION ALL
        SELECT p.proname::text FROM pg_catalog.pg_proc p
        WHERE p.pronamespace OPERATOR(pg_catalog.=) n.oid
            AND NOT pg_catalog.starts_with(p.proname::text, 'tell_')
        UNION ALL
        SELECT t.typname::text FROM pg_catalog.pg_type t
        WHERE t.typnamespace OPERATOR(pg_catalog.=) n.oid AND t.typrelid OPERATOR(pg_catalog.=) 0::oid
            AND t.typelem OPERATOR(pg_catalog.=) 0::oid
    ) x
) AS others
FROM (SELECT 1) one LEFT JOIN pg_catalog.pg_namespace n ON n.nspname OPERATOR(pg_catalog.=) '{SCHEMA}'"
    )
}
