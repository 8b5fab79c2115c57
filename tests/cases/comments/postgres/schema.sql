-- Comments that try to get out of where they are put.

CREATE TABLE commented (
    id integer PRIMARY KEY,
    "close" integer,
    "quotes" integer,
    "attribute" integer,
    "fence" integer,
    "crlf" integer,
    "bidi" integer,
    "controls" integer,
    "markdown" integer,
    "template" integer,
    "slashes" integer,
    "json" integer,
    "emoji" integer,
    "spaces" integer,
    "long" integer,
    "empty_lines" integer
);
COMMENT ON TABLE commented IS E'What the table is about. */ #![x]\n\n    indented()\n';
COMMENT ON COLUMN commented."close" IS E'*/ pub fn evil() {} /*';
COMMENT ON COLUMN commented."quotes" IS E'"""quoted""" \' ` " r#"raw"# \\" \\';
COMMENT ON COLUMN commented."attribute" IS E'#![deny(everything)]\n#[derive(Nothing)]';
COMMENT ON COLUMN commented."fence" IS E'An example:\n\n    fn main() {\n        undefined();\n    }\n\n```rust\nundefined();\n```\n\n```\nnot closed';
COMMENT ON COLUMN commented."crlf" IS E'one\r\ntwo\rthree\n\n\nfour  ';
COMMENT ON COLUMN commented."bidi" IS E'access \u202e\u2066// admin\u2069 only';
COMMENT ON COLUMN commented."controls" IS E'bell\u0007 escape\u001b[31m vertical\u000b form\u000c nel\u0085 ls\u2028 ps\u2029 end';
COMMENT ON COLUMN commented."markdown" IS E'[a link](https://example.org) [broken] [`Type`] <b>bold</b> <https://example.org> https://example.org/x # no heading\n\n# heading\n\n| a | b |\n|---|---|\n- item\n* item';
COMMENT ON COLUMN commented."template" IS E'{{ name }} {% raw %} {# comment #} {} ${x} %s';
COMMENT ON COLUMN commented."slashes" IS E'/// doc\n//! inner\n// plain';
COMMENT ON COLUMN commented."json" IS E'{"$ref": "#/nowhere", "a": "\\u0000"}';
COMMENT ON COLUMN commented."emoji" IS E'naïve 😀 日本語 שלום';
COMMENT ON COLUMN commented."spaces" IS E'   \n  leading\n\u0009tab';
COMMENT ON COLUMN commented."long" IS E'word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ';
COMMENT ON COLUMN commented."empty_lines" IS E'\n\n\n';

CREATE TABLE "about_close" (id integer PRIMARY KEY);
COMMENT ON TABLE "about_close" IS E'*/ pub fn evil() {} /*';
CREATE TABLE "about_quotes" (id integer PRIMARY KEY);
COMMENT ON TABLE "about_quotes" IS E'"""quoted""" \' ` " r#"raw"# \\" \\';
CREATE TABLE "about_attribute" (id integer PRIMARY KEY);
COMMENT ON TABLE "about_attribute" IS E'#![deny(everything)]\n#[derive(Nothing)]';
CREATE TABLE "about_fence" (id integer PRIMARY KEY);
COMMENT ON TABLE "about_fence" IS E'An example:\n\n    fn main() {\n        undefined();\n    }\n\n```rust\nundefined();\n```\n\n```\nnot closed';
CREATE TABLE "about_crlf" (id integer PRIMARY KEY);
COMMENT ON TABLE "about_crlf" IS E'one\r\ntwo\rthree\n\n\nfour  ';
CREATE TABLE "about_bidi" (id integer PRIMARY KEY);
COMMENT ON TABLE "about_bidi" IS E'access \u202e\u2066// admin\u2069 only';
CREATE TABLE "about_controls" (id integer PRIMARY KEY);
COMMENT ON TABLE "about_controls" IS E'bell\u0007 escape\u001b[31m vertical\u000b form\u000c nel\u0085 ls\u2028 ps\u2029 end';
CREATE TABLE "about_markdown" (id integer PRIMARY KEY);
COMMENT ON TABLE "about_markdown" IS E'[a link](https://example.org) [broken] [`Type`] <b>bold</b> <https://example.org> https://example.org/x # no heading\n\n# heading\n\n| a | b |\n|---|---|\n- item\n* item';
CREATE TABLE "about_template" (id integer PRIMARY KEY);
COMMENT ON TABLE "about_template" IS E'{{ name }} {% raw %} {# comment #} {} ${x} %s';
CREATE TABLE "about_slashes" (id integer PRIMARY KEY);
COMMENT ON TABLE "about_slashes" IS E'/// doc\n//! inner\n// plain';
CREATE TABLE "about_json" (id integer PRIMARY KEY);
COMMENT ON TABLE "about_json" IS E'{"$ref": "#/nowhere", "a": "\\u0000"}';
CREATE TABLE "about_emoji" (id integer PRIMARY KEY);
COMMENT ON TABLE "about_emoji" IS E'naïve 😀 日本語 שלום';
CREATE TABLE "about_spaces" (id integer PRIMARY KEY);
COMMENT ON TABLE "about_spaces" IS E'   \n  leading\n\u0009tab';
CREATE TABLE "about_long" (id integer PRIMARY KEY);
COMMENT ON TABLE "about_long" IS E'word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ';
CREATE TABLE "about_empty_lines" (id integer PRIMARY KEY);
COMMENT ON TABLE "about_empty_lines" IS E'\n\n\n';

CREATE SCHEMA described;
COMMENT ON SCHEMA described IS E'An example:\n\n    fn main() {\n        undefined();\n    }\n\n```rust\nundefined();\n```\n\n```\nnot closed';
CREATE TABLE described.it (id integer PRIMARY KEY);
COMMENT ON SCHEMA public IS E'*/ pub fn evil() {} /*\n#![deny(everything)]\n#[derive(Nothing)]';
CREATE TYPE enum_close AS ENUM ('a');
COMMENT ON TYPE enum_close IS E'*/ pub fn evil() {} /*';
CREATE TYPE enum_quotes AS ENUM ('a');
COMMENT ON TYPE enum_quotes IS E'"""quoted""" \' ` " r#"raw"# \\" \\';
CREATE TYPE enum_attribute AS ENUM ('a');
COMMENT ON TYPE enum_attribute IS E'#![deny(everything)]\n#[derive(Nothing)]';
CREATE TYPE enum_fence AS ENUM ('a');
COMMENT ON TYPE enum_fence IS E'An example:\n\n    fn main() {\n        undefined();\n    }\n\n```rust\nundefined();\n```\n\n```\nnot closed';
CREATE TYPE enum_crlf AS ENUM ('a');
COMMENT ON TYPE enum_crlf IS E'one\r\ntwo\rthree\n\n\nfour  ';
CREATE TYPE enum_bidi AS ENUM ('a');
COMMENT ON TYPE enum_bidi IS E'access \u202e\u2066// admin\u2069 only';
CREATE TYPE enum_controls AS ENUM ('a');
COMMENT ON TYPE enum_controls IS E'bell\u0007 escape\u001b[31m vertical\u000b form\u000c nel\u0085 ls\u2028 ps\u2029 end';
CREATE TYPE enum_markdown AS ENUM ('a');
COMMENT ON TYPE enum_markdown IS E'[a link](https://example.org) [broken] [`Type`] <b>bold</b> <https://example.org> https://example.org/x # no heading\n\n# heading\n\n| a | b |\n|---|---|\n- item\n* item';
CREATE TYPE enum_template AS ENUM ('a');
COMMENT ON TYPE enum_template IS E'{{ name }} {% raw %} {# comment #} {} ${x} %s';
CREATE TYPE enum_slashes AS ENUM ('a');
COMMENT ON TYPE enum_slashes IS E'/// doc\n//! inner\n// plain';
CREATE TYPE enum_json AS ENUM ('a');
COMMENT ON TYPE enum_json IS E'{"$ref": "#/nowhere", "a": "\\u0000"}';
CREATE TYPE enum_emoji AS ENUM ('a');
COMMENT ON TYPE enum_emoji IS E'naïve 😀 日本語 שלום';
CREATE TYPE enum_spaces AS ENUM ('a');
COMMENT ON TYPE enum_spaces IS E'   \n  leading\n\u0009tab';
CREATE TYPE enum_long AS ENUM ('a');
COMMENT ON TYPE enum_long IS E'word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ';
CREATE TYPE enum_empty_lines AS ENUM ('a');
COMMENT ON TYPE enum_empty_lines IS E'\n\n\n';
CREATE TYPE pair AS (a integer, b integer);
COMMENT ON TYPE pair IS E'*/ pub fn evil() {} /*';
COMMENT ON COLUMN pair.a IS E'An example:\n\n    fn main() {\n        undefined();\n    }\n\n```rust\nundefined();\n```\n\n```\nnot closed';
CREATE DOMAIN doc AS text CHECK (VALUE <> E'`*/\n\u202e"');
COMMENT ON DOMAIN doc IS E'access \u202e\u2066// admin\u2069 only';
CREATE TABLE uses (id integer PRIMARY KEY, pair pair, doc doc, checked text CONSTRAINT odd CHECK (checked <> E'`*/\n\u202e"'));
COMMENT ON CONSTRAINT odd ON uses IS E'*/ pub fn evil() {} /*';
CREATE VIEW seen AS SELECT id FROM uses;
COMMENT ON VIEW seen IS E'[a link](https://example.org) [broken] [`Type`] <b>bold</b> <https://example.org> https://example.org/x # no heading\n\n# heading\n\n| a | b |\n|---|---|\n- item\n* item';
COMMENT ON COLUMN seen.id IS E'"""quoted""" \' ` " r#"raw"# \\" \\';

CREATE TABLE about_lists (id integer PRIMARY KEY);
COMMENT ON TABLE about_lists IS E'- one\nlazy\n      far in\n- [ref]: https://example.org\n* two\n\t- tab\n1. three\n\n[^1] footnote[^2]\n\n```\n#[test]\nfn tested() {}\nfn main() {}\n```\n\n! bang\n\n| a |\n';
COMMENT ON COLUMN about_lists.id IS E'- one\nlazy\n      far in\n- [ref]: https://example.org\n* two\n\t- tab\n1. three\n\n[^1] footnote[^2]\n\n```\n#[test]\nfn tested() {}\nfn main() {}\n```\n\n! bang\n\n| a |\n';
