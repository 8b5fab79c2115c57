//! PostgreSQL's built-in types by their object identifiers, which are the same in every database.
//! Source: `src/include/catalog/pg_type.dat` of PostgreSQL.

macro_rules! types {
    ($($name:ident = $oid:literal, $sql:literal;)+) => {
        $(pub(crate) const $name: u32 = $oid;)+

        /// The name of a built-in type that values are decoded of.
        pub(crate) fn name(oid: u32) -> Option<&'static str> {
            Some(match oid {
                $($name => $sql,)+
                _ => return None,
            })
        }
    };
}

types! {
    BOOL = 16, "boolean";
    BYTEA = 17, "bytea";
    CHAR = 18, "\"char\"";
    NAME = 19, "name";
    INT8 = 20, "bigint";
    INT2 = 21, "smallint";
    INT4 = 23, "integer";
    REGPROC = 24, "regproc";
    TEXT = 25, "text";
    OID = 26, "oid";
    XID = 28, "xid";
    CID = 29, "cid";
    JSON = 114, "json";
    XML = 142, "xml";
    CIDR = 650, "cidr";
    FLOAT4 = 700, "real";
    FLOAT8 = 701, "double precision";
    UNKNOWN = 705, "unknown";
    MACADDR8 = 774, "macaddr8";
    MONEY = 790, "money";
    MACADDR = 829, "macaddr";
    INET = 869, "inet";
    BPCHAR = 1042, "character";
    VARCHAR = 1043, "character varying";
    DATE = 1082, "date";
    TIME = 1083, "time";
    TIMESTAMP = 1114, "timestamp";
    TIMESTAMPTZ = 1184, "timestamp with time zone";
    INTERVAL = 1186, "interval";
    TIMETZ = 1266, "time with time zone";
    BIT = 1560, "bit";
    VARBIT = 1562, "bit varying";
    NUMERIC = 1700, "numeric";
    REFCURSOR = 1790, "refcursor";
    RECORD = 2249, "record";
    CSTRING = 2275, "cstring";
    UUID = 2950, "uuid";
    TSVECTOR = 3614, "tsvector";
    JSONB = 3802, "jsonb";
    INT4RANGE = 3904, "int4range";
    NUMRANGE = 3906, "numrange";
    TSRANGE = 3908, "tsrange";
    TSTZRANGE = 3910, "tstzrange";
    DATERANGE = 3912, "daterange";
    INT8RANGE = 3926, "int8range";
    INT4MULTIRANGE = 4451, "int4multirange";
    NUMMULTIRANGE = 4532, "nummultirange";
    TSMULTIRANGE = 4533, "tsmultirange";
    TSTZMULTIRANGE = 4534, "tstzmultirange";
    DATEMULTIRANGE = 4535, "datemultirange";
    INT8MULTIRANGE = 4536, "int8multirange";
    XID8 = 5069, "xid8";
}

/// The first identifier that a server gives to types that are not its own. Theirs can be domains, enumerations and
/// extensions' types, of which the identifier tells nothing, so that they are decoded as what is asked for.
pub(crate) const FIRST_USER: u32 = 16_384;

/// Whether nothing is known of a type: it is a user's, or the identifier is not known.
pub(crate) fn is_unknown(oid: u32) -> bool {
    oid == 0 || oid >= FIRST_USER
}

/// The subtype of a built-in range or multirange; 0 for another, whose bounds are decoded as what is asked for.
pub(crate) fn subtype(oid: u32) -> u32 {
    match oid {
        INT4RANGE | INT4MULTIRANGE => INT4,
        INT8RANGE | INT8MULTIRANGE => INT8,
        NUMRANGE | NUMMULTIRANGE => NUMERIC,
        TSRANGE | TSMULTIRANGE => TIMESTAMP,
        TSTZRANGE | TSTZMULTIRANGE => TIMESTAMPTZ,
        DATERANGE | DATEMULTIRANGE => DATE,
        _ => 0,
    }
}

/// The range type that a built-in multirange is made of; 0 for another.
pub(crate) fn range_of(oid: u32) -> u32 {
    match oid {
        INT4MULTIRANGE => INT4RANGE,
        INT8MULTIRANGE => INT8RANGE,
        NUMMULTIRANGE => NUMRANGE,
        TSMULTIRANGE => TSRANGE,
        TSTZMULTIRANGE => TSTZRANGE,
        DATEMULTIRANGE => DATERANGE,
        _ => 0,
    }
}
