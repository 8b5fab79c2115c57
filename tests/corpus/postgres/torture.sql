-- Names and shapes that nobody should use.
CREATE SCHEMA "Select";
CREATE SCHEMA "a.b";
CREATE SCHEMA élan;

-- Labels that are no identifiers, that collide once they are, and one that is empty.
CREATE TYPE "Select"."Mood?" AS ENUM ('', ' ', 'ok', 'OK', 'o-k', 'o_k', '1st', 'Self', '"', '''', E'tab\there', '日本', '🙂', 'b\slash');
CREATE TYPE nothing AS ENUM ();
CREATE TYPE none_at_all AS ENUM ('NULL', 'null', 'nil');
CREATE TYPE "a.b"."Option" AS ENUM ('None', 'Some');

-- Keywords, prelude names, names that differ in case and in punctuation alone.
CREATE TABLE "Select"."type" (
    "self" integer PRIMARY KEY, "Self" text, "super" text, "crate" text, "async" boolean, "r#fn" text, "_" text, "__" text,
    "1st" integer, "a b" integer, "a-b" integer, "a_b" integer, "A_B" integer, "quote""d" text, "new
line" text, "über" text, "日付" date, "🙂" text, "$1" text, "{}" text, "%s" text, ":name" text, "?" text
);
CREATE TABLE "Select"."Type" ("Option" "a.b"."Option", "Vec" integer[], "String" text, "Result" "Select"."Mood?" NOT NULL, "Box" box);
CREATE TABLE "String" (id integer PRIMARY KEY, "String" "Select"."type");
CREATE TABLE "../../out" ("../up" integer UNIQUE, "C:\" text);
CREATE TABLE élan.élève (clé integer PRIMARY KEY, élève integer REFERENCES élan.élève (clé));

-- The same names in several schemas, and a name with a dot in it.
CREATE TABLE "a.b".c (id integer PRIMARY KEY);
CREATE TABLE public."b.c" (id integer PRIMARY KEY, a integer REFERENCES "a.b".c ON DELETE SET DEFAULT ON UPDATE SET NULL);
CREATE TABLE public.c (id integer PRIMARY KEY REFERENCES "a.b".c, "keys" text, "column" text, "columns" text);
CREATE TABLE public.c_id (c_id integer PRIMARY KEY, new_c text, c_patch text);

-- Foreign keys of one name, in cycles, twice over one column, and to another type.
CREATE TABLE hen (id bigint PRIMARY KEY, egg integer);
CREATE TABLE egg (id integer PRIMARY KEY, hen integer, CONSTRAINT parent FOREIGN KEY (hen) REFERENCES hen (id) ON DELETE CASCADE);
ALTER TABLE hen ADD CONSTRAINT parent FOREIGN KEY (egg) REFERENCES egg (id) NOT VALID;
CREATE TABLE twice (
    x integer REFERENCES egg REFERENCES hen, y integer, z integer, UNIQUE (z, y),
    FOREIGN KEY (y, z) REFERENCES twice (z, y), FOREIGN KEY (y) REFERENCES egg (id), FOREIGN KEY (y) REFERENCES egg (id)
);

-- Partitions of partitions, with keys onto them and from them.
CREATE TABLE tree (a integer, b integer, c text, PRIMARY KEY (b, a), UNIQUE (a, b, c)) PARTITION BY RANGE (a);
CREATE TABLE tree_low PARTITION OF tree FOR VALUES FROM (0) TO (10) PARTITION BY LIST (b);
CREATE TABLE tree_low_one PARTITION OF tree_low FOR VALUES IN (1);
CREATE TABLE tree_low_rest PARTITION OF tree_low DEFAULT;
CREATE TABLE "tree high" (c text, b integer NOT NULL, a integer NOT NULL);
ALTER TABLE tree ATTACH PARTITION "tree high" FOR VALUES FROM (10) TO (20);
CREATE TABLE leaf (b integer, a integer, FOREIGN KEY (b, a) REFERENCES tree);
ALTER TABLE tree ADD FOREIGN KEY (a) REFERENCES hen;

-- Types all the way down.
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE DOMAIN small AS positive NOT NULL CHECK (VALUE < 10);
CREATE TYPE pair AS (a small, b "Select"."Mood?", c text[]);
CREATE TYPE nest AS ("in" pair, pairs pair[], "type" "a.b"."Option"[]);
CREATE TYPE span AS RANGE (subtype = float8);
CREATE TABLE types (
    nest nest, nests nest[], small small, smalls positive[], span span, spans int8multirange, moods "Select"."Mood?"[],
    none nothing, row_of "a.b".c, rows_of "String"[], n numeric, n2 numeric(1000, 500), i interval year to month, v varchar,
    c "char", p path, x xid, l pg_lsn, r regclass, j jsonpath, b bit, u uuid[], t time(2), q tsquery, cid cidr, m macaddr8
);
CREATE DOMAIN tagged AS jsonb CHECK (jsonb_typeof(VALUE) = 'object');
CREATE TABLE virtual_key (tag tagged PRIMARY KEY, gone integer, made integer GENERATED ALWAYS AS (1 + 1) STORED);
ALTER TABLE virtual_key DROP COLUMN gone;

-- Unique keys that look alike.
CREATE TABLE uniques (a integer NOT NULL, b integer NOT NULL, c text NOT NULL, d integer);
CREATE UNIQUE INDEX plain ON uniques (a);
CREATE UNIQUE INDEX plain_again ON uniques (a);
CREATE UNIQUE INDEX carrying ON uniques (b) INCLUDE (a);
CREATE UNIQUE INDEX partial ON uniques (a, b) WHERE c <> ')';
CREATE UNIQUE INDEX expression ON uniques ((a + b), c);
CREATE UNIQUE INDEX nullable ON uniques (d);
CREATE UNIQUE INDEX backwards ON uniques (c COLLATE "C" DESC, b);
CREATE UNIQUE INDEX "quo""ted (" ON uniques (b, a, c);

CREATE VIEW nothing_at_all AS SELECT;
CREATE VIEW "Vec" AS SELECT "self", "Self", 1 AS "?column?", NULL AS untyped FROM "Select"."type";
CREATE TABLE pg_like (oid_ oid, ctid_ tid, xmin_ xid8, "tableoid " name);

-- Operators that would answer in place of the system's own.
CREATE FUNCTION public.never(name, text) RETURNS boolean LANGUAGE sql AS 'SELECT false';
CREATE OPERATOR public.<> (LEFTARG = name, RIGHTARG = text, FUNCTION = public.never);
CREATE VIEW public.pg_class AS SELECT 1 AS oid;

-- Names that the generated crate has uses for itself.
CREATE TABLE session (id INTEGER NOT NULL PRIMARY KEY);
CREATE TABLE error (id INTEGER NOT NULL PRIMARY KEY, difference INTEGER);
CREATE TABLE difference (id INTEGER NOT NULL PRIMARY KEY);
CREATE TABLE dialect (id INTEGER NOT NULL PRIMARY KEY, enum_type INTEGER);
CREATE TABLE enum_type (id INTEGER NOT NULL PRIMARY KEY);

-- A label that looks like no label, alone, in arrays and within other types; and rows of no columns.
CREATE DOMAIN none_of_it AS none_at_all;
CREATE TYPE nones AS (one none_at_all, many none_at_all[]);
CREATE TABLE nullish (id integer PRIMARY KEY, plain none_at_all NOT NULL UNIQUE, listed none_at_all[], ofit none_of_it, row_of nones, rows_of nones[]);
CREATE TABLE hollow ();
