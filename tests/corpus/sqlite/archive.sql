-- A town's archive, in the types that other engines have.
CREATE TABLE item (
    shelf NVARCHAR(8) NOT NULL,
    place INT NOT NULL,
    title VARCHAR(255) NOT NULL DEFAULT 'it''s "untitled"',
    acquired DATE NOT NULL DEFAULT (date('now')),
    worth NUMERIC(10, 2),
    weight DOUBLE PRECISION,
    cover BLOB,
    code UUID UNIQUE,
    details JSON CHECK (json_valid(details)),
    signature TEXT AS (shelf || '/' || place),
    CONSTRAINT item_place PRIMARY KEY (shelf, place)
);
CREATE TABLE loan (
    id INTEGER NOT NULL PRIMARY KEY,
    shelf NVARCHAR(8),
    place INT,
    reader TEXT NOT NULL,
    taken DATETIME NOT NULL,
    returned DATETIME,
    CONSTRAINT loan_item FOREIGN KEY (shelf, place) REFERENCES item (shelf, place) MATCH FULL ON DELETE SET NULL,
    CONSTRAINT loan_once UNIQUE (shelf, place, taken)
);
CREATE UNIQUE INDEX loan_of_reader ON loan (lower(reader), taken DESC);
CREATE UNIQUE INDEX loan_exact ON loan (reader COLLATE BINARY, taken);
CREATE TABLE loan_note (loan_id INTEGER PRIMARY KEY REFERENCES loan, text CLOB NOT NULL);
CREATE VIEW on_loan (loan, name) AS SELECT l.id, i.title FROM loan l JOIN item i USING (shelf, place) WHERE l.returned IS NULL;
CREATE VIEW favourites AS SELECT name, count(*) FROM on_loan GROUP BY name;
