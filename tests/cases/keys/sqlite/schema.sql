-- Keys of every sort: what becomes a key type, what is looked up by, and what is reported instead.

-- Composite keys whose columns come in another order than the table's.
CREATE TABLE composite (
    a INTEGER NOT NULL,
    b TEXT NOT NULL,
    c INTEGER NOT NULL,
    d DATE NOT NULL,
    PRIMARY KEY (c, a),
    UNIQUE (d, b)
);
CREATE TABLE to_composite (
    id INTEGER PRIMARY KEY,
    first INTEGER,
    second INTEGER,
    FOREIGN KEY (second, first) REFERENCES composite ON DELETE CASCADE
);

-- References to itself, twice to one table, and to what is not there.
CREATE TABLE person (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    mother_id INTEGER REFERENCES person ON DELETE SET NULL,
    father_id INTEGER REFERENCES person (id) ON DELETE SET NULL,
    best_friend INTEGER UNIQUE REFERENCES PERSON (ID) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE lost (id INTEGER PRIMARY KEY, nobody INTEGER REFERENCES nobody, nowhere INTEGER REFERENCES person (nowhere));

-- Primary keys that are foreign keys, in a chain.
CREATE TABLE animal (animal_id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL UNIQUE);
CREATE TABLE dog (animal_id TEXT PRIMARY KEY NOT NULL REFERENCES animal);
CREATE TABLE poodle (dog_id TEXT PRIMARY KEY NOT NULL REFERENCES dog);

-- Ambiguous and ill-matched references.
CREATE TABLE place (id INTEGER PRIMARY KEY);
CREATE TABLE ambiguous (id INTEGER PRIMARY KEY, either INTEGER REFERENCES person REFERENCES place);
CREATE TABLE mismatch (id INTEGER PRIMARY KEY, person_id TEXT REFERENCES person);
CREATE TABLE two_ways (
    id INTEGER PRIMARY KEY,
    place INTEGER REFERENCES place,
    place_id INTEGER NOT NULL REFERENCES place (id) ON UPDATE CASCADE ON DELETE SET DEFAULT DEFAULT 1
);

-- Constraints without names.
CREATE TABLE unnamed (
    id INTEGER PRIMARY KEY,
    word TEXT NOT NULL CHECK (length(word) < 10) CHECK (word <> ''),
    number INTEGER NOT NULL,
    UNIQUE (number, word),
    UNIQUE (number),
    CHECK (number > 0 OR word = 'none')
);

-- Keys by kind of column. Only INTEGER PRIMARY KEY is the row's own number; other keys may hold NULL.
CREATE TABLE by_int (id INT PRIMARY KEY);
CREATE TABLE by_nullable_text (code TEXT PRIMARY KEY);
CREATE TABLE by_folded_text (code TEXT PRIMARY KEY NOT NULL COLLATE NOCASE);
CREATE TABLE by_word_and_number (word TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (word, number));
CREATE TABLE by_decimal (rate DECIMAL(6, 2) PRIMARY KEY NOT NULL);
CREATE TABLE by_blob (hash BLOB PRIMARY KEY NOT NULL) WITHOUT ROWID;
CREATE TABLE by_descending (id INTEGER PRIMARY KEY DESC);

-- Unique keys that find one row for every value, and those that do not.
CREATE TABLE uniques (
    id INTEGER PRIMARY KEY,
    total INTEGER NOT NULL UNIQUE,
    part_a INTEGER NOT NULL,
    part_b TEXT NOT NULL,
    nullable INTEGER UNIQUE,
    folded TEXT NOT NULL,
    partial INTEGER NOT NULL,
    nocase TEXT NOT NULL COLLATE NOCASE UNIQUE,
    CONSTRAINT two_parts UNIQUE (part_b, part_a)
);
CREATE UNIQUE INDEX folded_index ON uniques (lower(folded));
CREATE UNIQUE INDEX partial_index ON uniques (partial) WHERE partial > 0;
CREATE UNIQUE INDEX collated_index ON uniques (part_b COLLATE NOCASE);
CREATE INDEX plain_index ON uniques (part_a);

-- Columns that the database fills.
CREATE TABLE filled (
    id INTEGER PRIMARY KEY,
    price DECIMAL(8, 2) NOT NULL DEFAULT 9.5,
    tax DECIMAL(8, 2) GENERATED ALWAYS AS (price * 0.2) STORED,
    word TEXT NOT NULL DEFAULT 'it''s',
    word_null TEXT DEFAULT 'x',
    upper_word TEXT AS (upper(word)) VIRTUAL,
    flag BOOLEAN NOT NULL DEFAULT TRUE,
    code INTEGER NOT NULL DEFAULT -1,
    at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expression TEXT NOT NULL DEFAULT (lower('A'))
);

-- Tables without keys, virtual tables, and views.
CREATE TABLE without_key (value INTEGER, person_id INTEGER REFERENCES person);
CREATE VIRTUAL TABLE search USING fts5 (title, body);
CREATE VIEW view_of_people AS SELECT id, mother_id, 'x' AS code FROM person;
-- Views over joins: a key stays one, and is NULL only where a join finds no row.
CREATE VIEW families AS
    SELECT p.id, m.id AS mother, m.mother_id AS grandmother, count(c.id) AS children, max(c.id) AS last_child
    FROM person p LEFT JOIN person m ON m.id = p.mother_id LEFT JOIN person c ON c.mother_id = p.id
    GROUP BY p.id, m.id;
CREATE VIEW families_of_all AS SELECT * FROM Families UNION SELECT id, NULL, NULL, 0, NULL FROM person;
