-- CHECKs that JSON Schema can say, wholly or in part, and those that it cannot.

CREATE TABLE bounds (
    id INTEGER PRIMARY KEY,
    at_least INTEGER NOT NULL CHECK (at_least >= 1),
    more_than INTEGER NOT NULL CHECK ("more_than" > 0),
    at_most INTEGER CHECK ([at_most] <= 100),
    less_than INTEGER CHECK (10 > `less_than`),
    between_two INTEGER CHECK (between_two BETWEEN 1 AND 5),
    real_bound REAL CHECK (real_bound >= .5 AND real_bound < 1e3),
    price DECIMAL(8, 2) NOT NULL CHECK (price >= 0),
    constant INTEGER CHECK (CONSTANT = 7),
    or_null INTEGER CHECK (or_null IS NULL OR or_null > 3),
    listed_number INTEGER CHECK (listed_number IN (1, 2, 3)),
    flag BOOLEAN NOT NULL CHECK (flag IN (0, 1)),
    typed INTEGER CHECK (typeof(typed) = 'integer')
);

CREATE TABLE words (
    id INTEGER PRIMARY KEY,
    not_empty TEXT NOT NULL CHECK (not_empty <> ''),
    not_empty_length TEXT NOT NULL CHECK (length(not_empty_length) > 0),
    short TEXT CHECK (length(short) <= 10),
    state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'paid', 'on hold')),
    state_folded TEXT COLLATE NOCASE CHECK (state_folded IN ('a', 'b')),
    state_or TEXT CHECK (state_or = 'a' OR state_or == 'b'),
    state_varchar VARCHAR(10) CHECK (state_varchar IN ('x', 'y')),
    liked TEXT CHECK (liked LIKE 'a%'),
    globbed TEXT CHECK (globbed GLOB '[A-Z]*'),
    document TEXT CHECK (json_valid(document)),
    document_typed JSON NOT NULL CHECK (json_valid(document_typed)),
    commented TEXT /* CHECK (nothing) */ CHECK (commented <> ')') -- CHECK (nothing)
);

CREATE TABLE several (
    id INTEGER PRIMARY KEY,
    starts DATE NOT NULL,
    ends DATE,
    low INTEGER,
    high INTEGER,
    CONSTRAINT ends_after CHECK (ends IS NULL OR ends > starts),
    CONSTRAINT low_or_high CHECK (low > 0 OR high > 0),
    CONSTRAINT partly CHECK (low < 1000 AND low < high),
    CONSTRAINT "odd 'name'" CHECK (high < 2000)
);

-- A view's column has the enumeration of the table's column that it is, and what is computed has none.
CREATE VIEW states AS SELECT id AS word_id, state, state_or AS other_state, upper(state) AS loud_state FROM words;
