-- A configuration that is wrong about its columns: what a self-test has to find.
CREATE TABLE measure (
  id INTEGER PRIMARY KEY,
  -- Read as 32 bits, of which the JSON Schema does not know.
  amount INTEGER NOT NULL,
  -- Written in capitals.
  name TEXT NOT NULL,
  -- Read with a unit, for which the JSON Schema has no room.
  label TEXT,
  right_one TEXT
) STRICT;
