-- What the shop sells: books, who wrote and published them, and the shelves they stand on.

CREATE TYPE book_format AS ENUM ('hardcover', 'paperback', 'ebook', 'audiobook');

CREATE DOMAIN isbn13 AS varchar(13)
  CONSTRAINT isbn13_is_thirteen_digits CHECK (VALUE ~ '^97[89][0-9]{10}$');
COMMENT ON DOMAIN isbn13 IS 'An ISBN of thirteen digits, without hyphens.';

CREATE TABLE publisher (
  id bigint GENERATED ALWAYS AS IDENTITY,
  name varchar(200) NOT NULL,
  country char(2) NOT NULL,
  website varchar(500),
  CONSTRAINT publisher_pkey PRIMARY KEY (id),
  CONSTRAINT publisher_name_key UNIQUE (name),
  CONSTRAINT publisher_name_not_empty CHECK (char_length(name) >= 1),
  CONSTRAINT publisher_country_code CHECK (country ~ '^[A-Z]{2}$')
);
COMMENT ON TABLE publisher IS 'A house that the shop buys from.';
COMMENT ON COLUMN publisher.country IS 'ISO 3166-1 code of the country where the house is registered.';

CREATE TABLE author (
  id bigint GENERATED ALWAYS AS IDENTITY,
  given_name varchar(100),
  family_name varchar(100) NOT NULL,
  sort_name varchar(202) NOT NULL GENERATED ALWAYS AS (
    CASE WHEN given_name IS NULL THEN family_name ELSE family_name || ', ' || given_name END
  ) STORED,
  born_in smallint,
  biography text,
  CONSTRAINT author_pkey PRIMARY KEY (id),
  CONSTRAINT author_family_name_not_empty CHECK (char_length(family_name) >= 1),
  CONSTRAINT author_born_in_range CHECK (born_in BETWEEN 1 AND 2100)
);
CREATE INDEX author_sort_name_idx ON author (sort_name);
COMMENT ON TABLE author IS 'A person who writes, translates, illustrates or reads aloud.';
COMMENT ON COLUMN author.given_name IS 'Absent where an author goes by one name.';
COMMENT ON COLUMN author.sort_name IS 'The name as it stands in an alphabetical list.';

CREATE TABLE series (
  id bigint GENERATED ALWAYS AS IDENTITY,
  title varchar(300) NOT NULL,
  planned_volumes smallint,
  CONSTRAINT series_pkey PRIMARY KEY (id),
  CONSTRAINT series_planned_volumes_positive CHECK (planned_volumes > 0)
);
COMMENT ON TABLE series IS 'Books that are meant to be read in order.';

CREATE TABLE category (
  id integer GENERATED ALWAYS AS IDENTITY,
  parent_id integer,
  slug varchar(60) NOT NULL,
  name varchar(120) NOT NULL,
  "position" integer NOT NULL DEFAULT 0,
  CONSTRAINT category_pkey PRIMARY KEY (id),
  CONSTRAINT category_slug_key UNIQUE (slug),
  CONSTRAINT category_parent_name_key UNIQUE (parent_id, name),
  CONSTRAINT category_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES category (id) ON DELETE RESTRICT,
  CONSTRAINT category_slug_form CHECK (slug ~ '^[a-z0-9-]+$'),
  CONSTRAINT category_position_not_negative CHECK ("position" >= 0)
);
COMMENT ON TABLE category IS 'A shelf of the shop. Shelves stand inside other shelves.';
COMMENT ON COLUMN category.parent_id IS 'The shelf around this one; absent at the top.';
COMMENT ON COLUMN category.slug IS 'The name in web addresses: lower case letters, digits and hyphens.';

CREATE TABLE book (
  id bigint GENERATED ALWAYS AS IDENTITY,
  isbn isbn13 NOT NULL,
  title varchar(300) NOT NULL,
  subtitle varchar(300),
  format book_format NOT NULL,
  publisher_id bigint NOT NULL,
  category_id integer NOT NULL,
  series_id bigint,
  volume smallint,
  language char(2) NOT NULL DEFAULT 'en',
  page_count integer,
  published_on date,
  price numeric(10,2) NOT NULL,
  available boolean NOT NULL DEFAULT true,
  tags text[] NOT NULL DEFAULT '{}',
  attributes jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT book_pkey PRIMARY KEY (id),
  CONSTRAINT book_isbn_key UNIQUE (isbn),
  CONSTRAINT book_series_volume_key UNIQUE (series_id, volume),
  CONSTRAINT book_publisher_id_fkey FOREIGN KEY (publisher_id) REFERENCES publisher (id),
  CONSTRAINT book_category_id_fkey FOREIGN KEY (category_id) REFERENCES category (id),
  CONSTRAINT book_series_id_fkey FOREIGN KEY (series_id) REFERENCES series (id),
  CONSTRAINT book_title_length CHECK (char_length(title) BETWEEN 1 AND 300),
  CONSTRAINT book_volume_positive CHECK (volume > 0),
  CONSTRAINT book_volume_needs_series CHECK (series_id IS NOT NULL OR volume IS NULL),
  CONSTRAINT book_page_count_positive CHECK (page_count > 0),
  CONSTRAINT book_price_not_negative CHECK (price >= 0)
);
CREATE INDEX book_publisher_id_idx ON book (publisher_id);
CREATE INDEX book_category_id_title_idx ON book (category_id, title);
CREATE INDEX book_published_on_idx ON book (published_on DESC);
COMMENT ON TABLE book IS 'One edition that the shop sells: the hardcover and the paperback of a novel are two books.';
COMMENT ON COLUMN book.volume IS 'The place in the series, counted from 1.';
COMMENT ON COLUMN book.language IS 'ISO 639-1 code of the language that the text is in.';
COMMENT ON COLUMN book.price IS 'What a copy costs today, in euros, with tax.';
COMMENT ON COLUMN book.tags IS 'Free words for the search, such as "prize winner".';
COMMENT ON COLUMN book.attributes IS 'What only some formats have: the running time, the binding, the file size.';

CREATE TABLE book_author (
  book_id bigint NOT NULL,
  author_id bigint NOT NULL,
  role varchar(20) NOT NULL DEFAULT 'author',
  credit_order smallint NOT NULL DEFAULT 1,
  CONSTRAINT book_author_pkey PRIMARY KEY (book_id, author_id, role),
  CONSTRAINT book_author_book_id_fkey FOREIGN KEY (book_id) REFERENCES book (id) ON DELETE CASCADE,
  CONSTRAINT book_author_author_id_fkey FOREIGN KEY (author_id) REFERENCES author (id) ON DELETE RESTRICT,
  CONSTRAINT book_author_role_known CHECK (role IN ('author', 'editor', 'translator', 'illustrator', 'narrator')),
  CONSTRAINT book_author_credit_order_positive CHECK (credit_order >= 1)
);
CREATE INDEX book_author_author_id_idx ON book_author (author_id);
COMMENT ON TABLE book_author IS 'Who had which part in a book. One person can have several.';
COMMENT ON COLUMN book_author.credit_order IS 'The place of the name on the cover, counted from 1.';
