-- CHECKs that JSON Schema can say, wholly or in part, and those that it cannot.

CREATE TABLE bounds (
    id integer PRIMARY KEY,
    at_least integer NOT NULL CHECK (at_least >= 1),
    more_than integer NOT NULL CHECK (more_than > 0),
    at_most smallint CHECK (at_most <= 100),
    less_than bigint CHECK (less_than < 10),
    mirrored integer CHECK (0 < mirrored),
    between_two integer CHECK (between_two BETWEEN 1 AND 5),
    outside integer CHECK (outside NOT BETWEEN 1 AND 5),
    negative integer CHECK (negative >= -10 AND negative <= -1),
    real_bound double precision CHECK (real_bound >= 0.5 AND real_bound < 1.5),
    price numeric(8, 2) NOT NULL CHECK (price >= 0),
    positive_price numeric(8, 2) CHECK (positive_price > 0),
    capped_price numeric(8, 2) CHECK (capped_price <= 99.99),
    amount money CHECK (amount >= '0'::money),
    constant integer CHECK (constant = 7),
    tighter integer CHECK (tighter > 1) CHECK (tighter >= 2 AND tighter > 0),
    or_null integer CHECK (or_null IS NULL OR or_null > 3),
    listed_number integer CHECK (listed_number IN (1, 2, 3))
);

CREATE TABLE words (
    id integer PRIMARY KEY,
    not_empty text NOT NULL CHECK (not_empty <> ''),
    not_empty_length varchar(20) NOT NULL CHECK (length(not_empty_length) > 0),
    short text CHECK (char_length(short) <= 10),
    exact_length text CHECK (character_length(exact_length) = 3),
    trimmed text CHECK (trim(trimmed) <> ''),
    octets text CHECK (octet_length(octets) < 100),
    state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'paid', 'on hold')),
    state_or text CHECK (state_or = 'a' OR state_or = 'b'),
    state_any varchar(10) CHECK (state_any = ANY (ARRAY['x', 'y'])),
    state_null text CHECK (state_null IN ('a', NULL)),
    state_char char(2) CHECK (state_char IN ('ab', 'cd')),
    state_padded char(3) CHECK (state_padded IN ('a', 'bcd')),
    one_of_one text CHECK (one_of_one = 'only'),
    not_listed text CHECK (not_listed NOT IN ('a', 'b')),
    code text CHECK (code ~ '^[A-Z]{2}[0-9]{1,3}$'),
    code_unanchored text CHECK (code_unanchored ~ '[a-z]'),
    code_folded text CHECK (code_folded ~* '^[a-z]+$'),
    code_class text CHECK (code_class ~ '^[[:alpha:]]+$'),
    code_dot text CHECK (code_dot ~ '^.+@.+$'),
    code_not text CHECK (code_not !~ ' '),
    two_patterns text CHECK (two_patterns ~ '^a' AND two_patterns ~ 'z$'),
    liked text CHECK (liked LIKE 'https://%'),
    liked_escape text CHECK (liked_escape LIKE '100\%_%'),
    liked_folded text CHECK (liked_folded ILIKE 'a%'),
    similar_to text CHECK (similar_to SIMILAR TO '(a|b)%'),
    lower_only text CHECK (lower_only = lower(lower_only))
);

CREATE TABLE several (
    id integer PRIMARY KEY,
    starts date NOT NULL,
    ends date,
    low integer,
    high integer,
    tags text[] NOT NULL CHECK (cardinality(tags) BETWEEN 1 AND 10),
    list integer[] CHECK (array_length(list, 1) <= 3),
    document jsonb CHECK (jsonb_typeof(document) = 'object'),
    flag boolean CHECK (flag),
    flag_is boolean CHECK (flag_is = true),
    born date CHECK (born > '1900-01-01'),
    old integer,
    CONSTRAINT ends_after CHECK (ends IS NULL OR ends > starts),
    CONSTRAINT low_or_high CHECK (low > 0 OR high > 0),
    CONSTRAINT partly CHECK (low < 1000 AND low < high),
    CONSTRAINT "odd 'name'" CHECK (high < 2000)
);
ALTER TABLE several ADD CONSTRAINT not_looked_at CHECK (old > 0) NOT VALID;

CREATE DOMAIN percentage AS numeric(5, 2) CHECK (VALUE >= 0 AND VALUE <= 100);
CREATE DOMAIN whole_percentage AS integer DEFAULT 50 NOT NULL CHECK (VALUE BETWEEN 0 AND 100);
CREATE DOMAIN grade AS char(1) CHECK (VALUE IN ('A', 'B', 'C'));
CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%') CHECK (length(VALUE) <= 254);
CREATE TABLE domains (
    id integer PRIMARY KEY,
    percentage percentage NOT NULL,
    whole whole_percentage,
    grade grade NOT NULL,
    email email,
    narrower whole_percentage CHECK (narrower > 10)
);

-- A view's column has the enumeration of the table's column that it is, and what is computed has none.
CREATE VIEW states AS SELECT id AS word_id, state, state_or AS other_state, upper(state) AS loud_state FROM words;
