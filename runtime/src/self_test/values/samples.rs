//! Texts of SQL types that travel as text: nobody but the server knows their grammar, and these are in the form in which it
//! prints them.

/// The base names of types, with texts of them.
const SAMPLES: &[(&[&str], &[&str])] = &[
    (&["time with time zone", "timetz"], &["03:04:05+00", "03:04:05+02", "23:59:59-11:30"]),
    (&["lseg"], &["[(1,2),(3,4)]", "[(0,0),(-1.5,1e+100)]"]),
    (&["line"], &["{1,2,3}", "{0,-1,0.5}"]),
    (&["box"], &["(3,4),(1,2)", "(0,0),(0,0)"]),
    (&["path"], &["((1,2),(3,4))", "[(1,2),(3,4)]"]),
    (&["circle"], &["<(1,2),3>", "<(0,0),0>"]),
    (&["tsvector"], &["'a' 'b'", "'a':1A 'it''s':2,3"]),
    (&["tsquery"], &["'a' & 'b'", "!'a' | 'b':*"]),
    (&["pg_lsn"], &["0/0", "16/B374D848"]),
    (&["xid", "xid8", "cid"], &["0", "42"]),
    (&["tid"], &["(0,1)", "(4294967295,65535)"]),
    (&["txid_snapshot", "pg_snapshot"], &["10:20:", "10:20:10,14,15"]),
    (&["jsonpath"], &["$", "$.\"a\"[*]", "strict $.\"b\""]),
    (&["xml"], &["<a/>", "text", "<a b=\"c\">d</a>"]),
    (&["\"char\"", "char"], &["a", "~"]),
    (&["regclass"], &["pg_class"]),
    (&["regtype"], &["integer", "text"]),
    (&["regproc"], &["now"]),
    (&["regprocedure"], &["now()"]),
    (&["regoper"], &["||/"]),
    (&["regoperator"], &["+(integer,integer)"]),
    (&["regrole"], &["pg_monitor"]),
    (&["regconfig"], &["simple", "english"]),
    (&["regdictionary"], &["simple"]),
    (&["regnamespace"], &["pg_catalog"]),
    (&["regcollation"], &["\"C\""]),
    (&["refcursor"], &["", "a cursor"]),
    (&["int2vector", "oidvector"], &["", "1 2 3"]),
    (&["inet"], &["10.0.0.1/32", "10.1.2.3/8", "::1/128", "2001:db8::1/64", "255.255.255.255/32"]),
    (&["cidr"], &["10.0.0.0/8", "192.168.1.0/24", "2001:db8::/32", "0.0.0.0/0"]),
    (&["ltree"], &["", "a", "Top.Science.Astronomy"]),
    (&["lquery"], &["*.a", "a.*{2}"]),
    (&["ltxtquery"], &["a & b"]),
    (&["cube"], &["(1, 2)", "(0),(1)"]),
    (&["seg"], &["1 .. 2", "5"]),
    (&["isbn13"], &["978-0-11-000533-4"]),
    (&["isbn"], &["0-11-000533-3"]),
    (&["issn"], &["1436-4522"]),
    (&["ean13"], &["978-0-11-000533-4"]),
    (&["lo"], &["1", "42"]),
    (&["geometry"], &["POINT(1 2)", "LINESTRING(0 0,1 1)"]),
    (&["linestring"], &["LINESTRING(0 0,1 1,2 0)"]),
    (&["multipoint"], &["MULTIPOINT(0 0,1 1)"]),
    (&["multilinestring"], &["MULTILINESTRING((0 0,1 1),(2 2,3 3))"]),
    (&["multipolygon"], &["MULTIPOLYGON(((0 0,4 0,4 4,0 4,0 0)))"]),
    (&["geometrycollection"], &["GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1))"]),
];

/// What two engines have by one name, and print differently.
const POINTS: &[&str] = &["(1,2)", "(-0.5,1e+300)", "(NaN,Infinity)"];
const POINTS_MYSQL: &[&str] = &["POINT(1 2)", "POINT(-0.5 180)"];
const POLYGONS: &[&str] = &["((1,2),(3,4),(5,6))"];
const POLYGONS_MYSQL: &[&str] = &["POLYGON((0 0,4 0,4 4,0 4,0 0))"];

/// Texts of a type, by the name without schema and modifiers; none where nothing is known of it.
pub(super) fn of(base: &str, is_mysql: bool) -> Option<&'static [&'static str]> {
    match (base, is_mysql) {
        ("point", false) => Some(POINTS),
        ("point", true) => Some(POINTS_MYSQL),
        ("polygon", false) => Some(POLYGONS),
        ("polygon", true) => Some(POLYGONS_MYSQL),
        _ => SAMPLES.iter().find(|(names, _)| names.contains(&base)).map(|(_, texts)| *texts),
    }
}
