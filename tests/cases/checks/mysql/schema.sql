-- CHECKs that JSON Schema can say, wholly or in part, and those that it cannot.

CREATE TABLE bounds (
    id int PRIMARY KEY,
    at_least int NOT NULL CHECK (at_least >= 1),
    more_than int NOT NULL CHECK (more_than > 0),
    at_most smallint CHECK (at_most <= 100),
    less_than bigint CHECK (10 > less_than),
    between_two int CHECK (between_two BETWEEN 1 AND 5),
    negative int CHECK (negative >= -10 AND negative <= -1),
    real_bound double CHECK (real_bound >= 0.5),
    price decimal(8, 2) NOT NULL CHECK (price >= 0),
    positive_price decimal(8, 2) CHECK (positive_price > 0),
    constant int CHECK (constant = 7),
    or_null int CHECK (or_null IS NULL OR or_null > 3),
    listed_number int CHECK (listed_number IN (1, 2, 3)),
    flag tinyint(1) CHECK (flag IN (0, 1)),
    flag_true tinyint(1) CHECK (flag_true = 1)
);

CREATE TABLE words (
    id int PRIMARY KEY,
    not_empty varchar(20) NOT NULL CHECK (not_empty <> ''),
    not_empty_length varchar(20) NOT NULL CHECK (char_length(not_empty_length) > 0),
    short text CHECK (char_length(short) <= 10),
    byte_length varchar(20) CHECK (length(byte_length) <= 10),
    state varchar(10) COLLATE utf8mb4_general_ci NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'paid', 'on hold')),
    state_exact varchar(10) COLLATE utf8mb4_bin NOT NULL CHECK (state_exact IN ('a', 'it''s')),
    state_or varchar(10) CHECK (state_or = 'a' OR state_or = 'b'),
    code varchar(20) CHECK (code REGEXP '^[A-Z]{2}$'),
    liked varchar(20) CHECK (liked LIKE 'a%'),
    document longtext CHECK (json_valid(document)),
    document_more longtext CHECK (json_valid(document_more) AND json_type(document_more) = 'OBJECT')
);

CREATE TABLE several (
    id int PRIMARY KEY,
    starts date NOT NULL,
    ends date,
    low int,
    high int,
    CONSTRAINT ends_after CHECK (ends IS NULL OR ends > starts),
    CONSTRAINT low_or_high CHECK (low > 0 OR high > 0),
    CONSTRAINT partly CHECK (low < 1000 AND low < high),
    CONSTRAINT `odd 'name'` CHECK (HIGH < 2000)
);
