-- Comments that try to get out of where they are put.

CREATE TABLE commented (
    id integer PRIMARY KEY,
    `close` integer COMMENT '*/ pub fn evil() {} /*',
    `quotes` integer COMMENT '"""quoted""" '' ` " r#"raw"# \\" \\',
    `attribute` integer COMMENT '#![deny(everything)]\n#[derive(Nothing)]',
    `fence` integer COMMENT 'An example:\n\n    fn main() {\n        undefined();\n    }\n\n```rust\nundefined();\n```\n\n```\nnot closed',
    `crlf` integer COMMENT 'one\r\ntwo\rthree\n\n\nfour  ',
    `bidi` integer COMMENT 'access ‮⁦// admin⁩ only',
    `controls` integer COMMENT 'bell escape[31m vertical form nel ls  ps  end',
    `markdown` integer COMMENT '[a link](https://example.org) [broken] [`Type`] <b>bold</b> <https://example.org> https://example.org/x # no heading\n\n# heading\n\n| a | b |\n|---|---|\n- item\n* item',
    `template` integer COMMENT '{{ name }} {% raw %} {# comment #} {} ${x} %s',
    `slashes` integer COMMENT '/// doc\n//! inner\n// plain',
    `json` integer COMMENT '{"$ref": "#/nowhere", "a": "\\u0000"}',
    `emoji` integer COMMENT 'naïve 😀 日本語 שלום',
    `spaces` integer COMMENT '   \n  leading\n	tab',
    `long` integer COMMENT 'word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ',
    `empty_lines` integer COMMENT '\n\n\n'
) COMMENT = 'What the table is about. */ #![x]\n\n    indented()\n';

CREATE TABLE `about_close` (id integer PRIMARY KEY) COMMENT = '*/ pub fn evil() {} /*';
CREATE TABLE `about_quotes` (id integer PRIMARY KEY) COMMENT = '"""quoted""" '' ` " r#"raw"# \\" \\';
CREATE TABLE `about_attribute` (id integer PRIMARY KEY) COMMENT = '#![deny(everything)]\n#[derive(Nothing)]';
CREATE TABLE `about_fence` (id integer PRIMARY KEY) COMMENT = 'An example:\n\n    fn main() {\n        undefined();\n    }\n\n```rust\nundefined();\n```\n\n```\nnot closed';
CREATE TABLE `about_crlf` (id integer PRIMARY KEY) COMMENT = 'one\r\ntwo\rthree\n\n\nfour  ';
CREATE TABLE `about_bidi` (id integer PRIMARY KEY) COMMENT = 'access ‮⁦// admin⁩ only';
CREATE TABLE `about_controls` (id integer PRIMARY KEY) COMMENT = 'bell escape[31m vertical form nel ls  ps  end';
CREATE TABLE `about_markdown` (id integer PRIMARY KEY) COMMENT = '[a link](https://example.org) [broken] [`Type`] <b>bold</b> <https://example.org> https://example.org/x # no heading\n\n# heading\n\n| a | b |\n|---|---|\n- item\n* item';
CREATE TABLE `about_template` (id integer PRIMARY KEY) COMMENT = '{{ name }} {% raw %} {# comment #} {} ${x} %s';
CREATE TABLE `about_slashes` (id integer PRIMARY KEY) COMMENT = '/// doc\n//! inner\n// plain';
CREATE TABLE `about_json` (id integer PRIMARY KEY) COMMENT = '{"$ref": "#/nowhere", "a": "\\u0000"}';
CREATE TABLE `about_emoji` (id integer PRIMARY KEY) COMMENT = 'naïve 😀 日本語 שלום';
CREATE TABLE `about_spaces` (id integer PRIMARY KEY) COMMENT = '   \n  leading\n	tab';
CREATE TABLE `about_long` (id integer PRIMARY KEY) COMMENT = 'word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word ';
CREATE TABLE `about_empty_lines` (id integer PRIMARY KEY) COMMENT = '\n\n\n';
CREATE TABLE about_lists (id integer PRIMARY KEY COMMENT '- one\nlazy\n      far in\n- [ref]: https://example.org\n* two\n\t- tab\n1. three\n\n[^1] footnote[^2]\n\n```\n#[test]\nfn tested() {}\nfn main() {}\n```\n\n! bang\n\n| a |\n') COMMENT = '- one\nlazy\n      far in\n- [ref]: https://example.org\n* two\n\t- tab\n1. three\n\n[^1] footnote[^2]\n\n```\n#[test]\nfn tested() {}\nfn main() {}\n```\n\n! bang\n\n| a |\n';
