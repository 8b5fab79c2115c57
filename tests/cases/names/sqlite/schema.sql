-- Names that are hard on generators: keywords, signs, other scripts, what differs by case alone, and the names that generated
-- code uses itself.

CREATE TABLE keywords (
    "id" INTEGER PRIMARY KEY,
    "abstract" integer,
    "as" integer,
    "async" integer,
    "await" integer,
    "box" integer,
    "break" integer,
    "const" integer,
    "continue" integer,
    "crate" integer,
    "dyn" integer,
    "else" integer,
    "enum" integer,
    "extern" integer,
    "false" integer,
    "fn" integer,
    "for" integer,
    "gen" integer,
    "if" integer,
    "impl" integer,
    "in" integer,
    "let" integer,
    "loop" integer,
    "macro" integer,
    "match" integer,
    "mod" integer,
    "move" integer,
    "mut" integer,
    "pub" integer,
    "ref" integer,
    "return" integer,
    "self" integer,
    "static" integer,
    "struct" integer,
    "super" integer,
    "trait" integer,
    "true" integer,
    "try" integer,
    "type" integer,
    "type_" integer,
    "union" integer,
    "unsafe" integer,
    "use" integer,
    "where" integer,
    "while" integer,
    "yield" integer,
    "_" integer,
    "__" integer,
    "r#type" integer,
    "'static" integer
);

CREATE TABLE "option" ("id" INTEGER PRIMARY KEY, "value" integer);
CREATE TABLE "string" ("id" INTEGER PRIMARY KEY, "value" integer);
CREATE TABLE "result" ("id" INTEGER PRIMARY KEY, "value" integer);
CREATE TABLE "self" ("id" INTEGER PRIMARY KEY, "value" integer);
CREATE TABLE "type" ("id" INTEGER PRIMARY KEY, "value" integer);
CREATE TABLE "std" ("id" INTEGER PRIMARY KEY, "value" integer);
CREATE TABLE "types" ("id" INTEGER PRIMARY KEY, "value" integer);
CREATE TABLE "keys" ("id" INTEGER PRIMARY KEY, "value" integer);
CREATE TABLE "lib" ("id" INTEGER PRIMARY KEY, "value" integer);
CREATE TABLE "row" ("id" INTEGER PRIMARY KEY, "value" integer);
CREATE TABLE "relation" ("id" INTEGER PRIMARY KEY, "value" integer);
CREATE TABLE "new_book" ("id" INTEGER PRIMARY KEY, "value" integer);
CREATE TABLE "book" ("id" INTEGER PRIMARY KEY, "value" integer);
CREATE TABLE "book_patch" ("id" INTEGER PRIMARY KEY, "value" integer);
CREATE TABLE "book_column" ("id" INTEGER PRIMARY KEY, "value" integer);

CREATE TABLE "odd columns" (
    "id" INTEGER PRIMARY KEY,
    "../../etc/passwd" integer,
    "C:\windows\x" integer,
    "1st" integer,
    "2 fast" integer,
    "two words" integer,
    "semi;colon" integer,
    "quote""d" integer,
    "tick`ed" integer,
    "apo'strophe" integer,
    "new
line" integer,
    "tab	here" integer,
    "{{ braces }}" integer,
    "{% raw %}" integer,
    "*/ fn main() {} /*" integer,
    "//" integer,
    "#![x]" integer,
    "a.b" integer,
    "a:b" integer,
    "%s" integer,
    "$1" integer,
    "{}" integer,
    "😀" integer,
    "naïve" integer,
    "straße" integer,
    "日本語" integer,
    "שלום" integer,
    "é" integer,
    "‮evil" integer,
    "ﬁ" integer,
    "Ⅷ" integer,
    "ß" integer,
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" integer
);

CREATE TABLE "../../etc/passwd" ("id" INTEGER PRIMARY KEY, "odd columns" integer REFERENCES "odd columns" ("id"));
CREATE TABLE "quote""d" ("id" INTEGER PRIMARY KEY, "odd columns" integer REFERENCES "odd columns" ("id"));
CREATE TABLE "tick`ed" ("id" INTEGER PRIMARY KEY, "odd columns" integer REFERENCES "odd columns" ("id"));
CREATE TABLE "new
line" ("id" INTEGER PRIMARY KEY, "odd columns" integer REFERENCES "odd columns" ("id"));
CREATE TABLE "a.b" ("id" INTEGER PRIMARY KEY, "odd columns" integer REFERENCES "odd columns" ("id"));
CREATE TABLE "a:b" ("id" INTEGER PRIMARY KEY, "odd columns" integer REFERENCES "odd columns" ("id"));
CREATE TABLE "😀" ("id" INTEGER PRIMARY KEY, "odd columns" integer REFERENCES "odd columns" ("id"));
CREATE TABLE "日本語" ("id" INTEGER PRIMARY KEY, "odd columns" integer REFERENCES "odd columns" ("id"));
CREATE TABLE "‮evil" ("id" INTEGER PRIMARY KEY, "odd columns" integer REFERENCES "odd columns" ("id"));
CREATE TABLE "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" ("id" INTEGER PRIMARY KEY, "odd columns" integer REFERENCES "odd columns" ("id"));

CREATE TABLE "folded" (
    "id" INTEGER PRIMARY KEY,
    "user_name" integer,
    "userName" integer,
    "user name" integer,
    "user-name" integer,
    "user__name" integer,
    "_user_name" integer,
    "user_name_" integer
);
CREATE TABLE "user_name" ("id" INTEGER PRIMARY KEY, "user_name" integer REFERENCES "user_name" ("id"));
CREATE TABLE "userName" ("id" INTEGER PRIMARY KEY, "user_name" integer REFERENCES "user_name" ("id"));
CREATE TABLE "user name" ("id" INTEGER PRIMARY KEY, "user_name" integer REFERENCES "user_name" ("id"));
CREATE TABLE "user-name" ("id" INTEGER PRIMARY KEY, "user_name" integer REFERENCES "user_name" ("id"));
CREATE TABLE "user__name" ("id" INTEGER PRIMARY KEY, "user_name" integer REFERENCES "user_name" ("id"));
CREATE TABLE "_user_name" ("id" INTEGER PRIMARY KEY, "user_name" integer REFERENCES "user_name" ("id"));
CREATE TABLE "user_name_" ("id" INTEGER PRIMARY KEY, "user_name" integer REFERENCES "user_name" ("id"));

CREATE TABLE "Invoices" ("InvoiceId" INTEGER PRIMARY KEY, "CustomerName" integer, "TotalAmount" integer, "odd_one" integer);
CREATE TABLE "parcels" ("parcelId" INTEGER PRIMARY KEY, "customerName" integer, "totalWeight" integer);

CREATE TABLE "enums" ("id" INTEGER PRIMARY KEY, "label" text NOT NULL CHECK ("label" IN ('', 'a', 'A', 'ä', '+', '-', '*', 'type', 'Self', 'self', '1', '1st', 'two words', 'two_words', 'Two Words', '''', '"', '\', '😀', '日本', '
', ' ', 'a,b')));

-- What the modules of a relation are called, and the types that their files use.
CREATE TABLE "columns" ("id" INTEGER PRIMARY KEY, "columns" integer);
CREATE TABLE "references" ("id" INTEGER PRIMARY KEY, "references" integer REFERENCES "columns" ("id"));
CREATE TABLE "constraints" ("id" INTEGER PRIMARY KEY, "value" integer);
CREATE TABLE "key" ("id" INTEGER PRIMARY KEY, "value" integer);
CREATE TABLE "schema" ("id" INTEGER PRIMARY KEY, "value" integer);
CREATE TABLE "patch" ("id" INTEGER PRIMARY KEY, "value" integer);
CREATE TABLE "reference" ("id" INTEGER PRIMARY KEY, "value" integer);
CREATE TABLE "constraint" ("id" INTEGER PRIMARY KEY, "value" integer);
CREATE TABLE "change" ("id" INTEGER PRIMARY KEY, "value" integer);
CREATE TABLE "cache" ("id" INTEGER PRIMARY KEY, "index" text NOT NULL CHECK ("index" IN ('a', 'b')));
CREATE TABLE "constrained" ("id" INTEGER PRIMARY KEY, "a" integer CONSTRAINT "constrained" UNIQUE, "b" integer CONSTRAINT "constrained_1st" UNIQUE, "c" integer CONSTRAINT "Self" UNIQUE, "d" integer CONSTRAINT "größe" CHECK ("d" > 0), CONSTRAINT "type" CHECK ("a" < "b"), CONSTRAINT "TYPE!" CHECK ("a" < "c"));

-- What the runtime calls something of its own that the crate's root speaks of.
CREATE TABLE session (id INTEGER PRIMARY KEY);
CREATE TABLE error (id INTEGER PRIMARY KEY);
CREATE TABLE difference (id INTEGER PRIMARY KEY);
