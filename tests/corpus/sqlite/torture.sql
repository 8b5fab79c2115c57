-- Names and shapes that nobody should use.
CREATE TABLE "type" (
    "self" INTEGER PRIMARY KEY, "Super", "crate" TEXT, "async" BOOL, "r#fn" TEXT, "_" TEXT, "__" TEXT, "1st" INT, "a b" INT, "a-b" INT,
    "a_b" INT, "quote""d" TEXT, `back``tick` TEXT, [bracket] TEXT, "it's" TEXT, "über" TEXT, "日付" DATE, "🙂" TEXT, "$1" TEXT, "{}" TEXT,
    ":name" TEXT, "?" TEXT, "(" INT, "," INT, "--" INT, "/*" INT, "" INT
);
CREATE TABLE "String" ("String" INT UNIQUE, "Option" INT, "Vec" INT, UNIQUE ("Vec", "String"));
CREATE TABLE "it's" ("a.b" INT PRIMARY KEY REFERENCES "TYPE" ("SELF"));
CREATE UNIQUE INDEX "it's, (an index)" ON "it's" ("a.b" DESC);
CREATE TABLE "../../out" ("../up" INTEGER NOT NULL UNIQUE);
CREATE TABLE élève (clé INTEGER PRIMARY KEY, élève INT REFERENCES élève);

-- Keys that may be NULL, keys that are the rowid or only look so.
CREATE TABLE by_text (id TEXT PRIMARY KEY, x INT);
CREATE TABLE by_int (id INT PRIMARY KEY, x INT);
CREATE TABLE by_rowid (id INTEGER, x INT, PRIMARY KEY (id));
CREATE TABLE downwards (id INTEGER PRIMARY KEY DESC, x INT);
CREATE TABLE by_several (a, b, c, PRIMARY KEY (c, a));
CREATE TABLE by_none (a INT, a_ INT, "A b" INT);

-- Foreign keys without columns, to nowhere, in cycles, twice, and with another number of columns.
CREATE TABLE hen (id INTEGER PRIMARY KEY, egg INT REFERENCES egg);
CREATE TABLE egg (id INTEGER PRIMARY KEY, hen INT REFERENCES hen ON DELETE CASCADE REFERENCES by_int (id) ON UPDATE SET DEFAULT);
CREATE TABLE lost (a INT REFERENCES nowhere, b INT REFERENCES nowhere (id), c INT REFERENCES hen (no_such), d INT REFERENCES by_several);
CREATE TABLE wide (a, b, FOREIGN KEY (b, a) REFERENCES by_several ON DELETE NO ACTION, FOREIGN KEY (a, b) REFERENCES by_several (a, c));

-- Types that are none.
CREATE TABLE types (
    a "", b ANY, c "INTEGER_OR_TEXT", d FLOATING POINT, e UNSIGNED BIG INT, f VARCHAR(10, 2), g STRING, h POINT, i "CHARACTER VARYING (70)",
    j DECIMAL, k NUMERIC(5), l BIGINT UNSIGNED (20), m BOOLEAN DEFAULT 'yes', n DATETIME DEFAULT (datetime('now', 'localtime')), o DEFAULT 0x10,
    p NULL, q TEXT NOT NULL ON CONFLICT REPLACE DEFAULT '', r INT CONSTRAINT "named" CHECK (r > 0) CHECK (r <> 5)
);
CREATE TABLE strict_types (a INTEGER PRIMARY KEY, b INT, c REAL, d TEXT, e BLOB, f ANY) STRICT, WITHOUT ROWID;

-- Tables that hide what the catalog is asked with, and a name that only begins as the system's own do.
CREATE TABLE pragma_table_xinfo (name TEXT);
CREATE TABLE pragma_table_list (schema TEXT, name TEXT, type TEXT);
CREATE TABLE sqlitex (id INTEGER PRIMARY KEY);

CREATE VIEW "select" AS SELECT 1, 'a', NULL AS "nothing", x'00' AS blob, "self" FROM "type";
CREATE VIEW ruin AS SELECT * FROM gone;

-- Names that the generated crate has uses for itself.
CREATE TABLE session (id INTEGER NOT NULL PRIMARY KEY);
CREATE TABLE error (id INTEGER NOT NULL PRIMARY KEY, difference INTEGER);
CREATE TABLE difference (id INTEGER NOT NULL PRIMARY KEY);
CREATE TABLE dialect (id INTEGER NOT NULL PRIMARY KEY, enum_type INTEGER);
CREATE TABLE enum_type (id INTEGER NOT NULL PRIMARY KEY);
