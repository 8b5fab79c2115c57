-- What the shop sells: books, who wrote and published them, and the shelves they stand on.

-- A house that the shop buys from.
CREATE TABLE publisher (
  id INTEGER NOT NULL PRIMARY KEY,
  name VARCHAR(200) NOT NULL,
  country CHAR(2) NOT NULL, -- ISO 3166-1 code of the country where the house is registered.
  website VARCHAR(500),
  CONSTRAINT publisher_name_key UNIQUE (name),
  CONSTRAINT publisher_name_not_empty CHECK (length(name) >= 1),
  CONSTRAINT publisher_country_code CHECK (country GLOB '[A-Z][A-Z]')
);

-- A person who writes, translates, illustrates or reads aloud.
CREATE TABLE author (
  id INTEGER NOT NULL PRIMARY KEY,
  given_name VARCHAR(100), -- Absent where an author goes by one name.
  family_name VARCHAR(100) NOT NULL,
  sort_name VARCHAR(202) NOT NULL GENERATED ALWAYS AS (
    CASE WHEN given_name IS NULL THEN family_name ELSE family_name || ', ' || given_name END
  ) VIRTUAL, -- The name as it stands in an alphabetical list.
  born_in SMALLINT,
  biography TEXT,
  CONSTRAINT author_family_name_not_empty CHECK (length(family_name) >= 1),
  CONSTRAINT author_born_in_range CHECK (born_in BETWEEN 1 AND 2100)
);
CREATE INDEX author_sort_name_idx ON author (sort_name);

-- Books that are meant to be read in order.
CREATE TABLE series (
  id INTEGER NOT NULL PRIMARY KEY,
  title VARCHAR(300) NOT NULL,
  planned_volumes SMALLINT,
  CONSTRAINT series_planned_volumes_positive CHECK (planned_volumes > 0)
);

-- A shelf of the shop. Shelves stand inside other shelves.
CREATE TABLE category (
  id INTEGER NOT NULL PRIMARY KEY,
  parent_id INTEGER, -- The shelf around this one; absent at the top.
  slug VARCHAR(60) NOT NULL, -- The name in web addresses: lower case letters, digits and hyphens.
  name VARCHAR(120) NOT NULL,
  "position" INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT category_slug_key UNIQUE (slug),
  CONSTRAINT category_parent_name_key UNIQUE (parent_id, name),
  CONSTRAINT category_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES category (id) ON DELETE RESTRICT,
  CONSTRAINT category_slug_form CHECK (slug <> '' AND slug NOT GLOB '*[^a-z0-9-]*'),
  CONSTRAINT category_position_not_negative CHECK ("position" >= 0)
);

-- One edition that the shop sells: the hardcover and the paperback of a novel are two books.
CREATE TABLE book (
  id INTEGER NOT NULL PRIMARY KEY,
  isbn VARCHAR(13) NOT NULL, -- An ISBN of thirteen digits, without hyphens.
  title VARCHAR(300) NOT NULL,
  subtitle VARCHAR(300),
  format VARCHAR(10) NOT NULL,
  publisher_id INTEGER NOT NULL,
  category_id INTEGER NOT NULL,
  series_id INTEGER,
  volume SMALLINT, -- The place in the series, counted from 1.
  language CHAR(2) NOT NULL DEFAULT 'en', -- ISO 639-1 code of the language that the text is in.
  page_count INTEGER,
  published_on DATE,
  price DECIMAL(10,2) NOT NULL, -- What a copy costs today, in euros, with tax.
  available BOOLEAN NOT NULL DEFAULT TRUE,
  tags JSON NOT NULL DEFAULT '[]', -- An array of free words for the search, such as "prize winner".
  attributes JSON NOT NULL DEFAULT '{}', -- What only some formats have: the running time, the binding, the file size.
  created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT book_isbn_key UNIQUE (isbn),
  CONSTRAINT book_series_volume_key UNIQUE (series_id, volume),
  CONSTRAINT book_publisher_id_fkey FOREIGN KEY (publisher_id) REFERENCES publisher (id),
  CONSTRAINT book_category_id_fkey FOREIGN KEY (category_id) REFERENCES category (id),
  CONSTRAINT book_series_id_fkey FOREIGN KEY (series_id) REFERENCES series (id),
  CONSTRAINT book_isbn_is_thirteen_digits CHECK (
    length(isbn) = 13 AND isbn GLOB '97[89]*' AND isbn NOT GLOB '*[^0-9]*'
  ),
  CONSTRAINT book_title_length CHECK (length(title) BETWEEN 1 AND 300),
  CONSTRAINT book_format_known CHECK (format IN ('hardcover', 'paperback', 'ebook', 'audiobook')),
  CONSTRAINT book_volume_positive CHECK (volume > 0),
  CONSTRAINT book_volume_needs_series CHECK (series_id IS NOT NULL OR volume IS NULL),
  CONSTRAINT book_page_count_positive CHECK (page_count > 0),
  CONSTRAINT book_price_not_negative CHECK (price >= 0),
  CONSTRAINT book_available_boolean CHECK (available IN (0, 1)),
  CONSTRAINT book_tags_json CHECK (json_type(tags) = 'array'),
  CONSTRAINT book_attributes_json CHECK (json_type(attributes) = 'object')
);
CREATE INDEX book_publisher_id_idx ON book (publisher_id);
CREATE INDEX book_category_id_title_idx ON book (category_id, title);
CREATE INDEX book_published_on_idx ON book (published_on DESC);

-- Who had which part in a book. One person can have several.
CREATE TABLE book_author (
  book_id INTEGER NOT NULL,
  author_id INTEGER NOT NULL,
  role VARCHAR(20) NOT NULL DEFAULT 'author',
  credit_order SMALLINT NOT NULL DEFAULT 1, -- The place of the name on the cover, counted from 1.
  CONSTRAINT book_author_pkey PRIMARY KEY (book_id, author_id, role),
  CONSTRAINT book_author_book_id_fkey FOREIGN KEY (book_id) REFERENCES book (id) ON DELETE CASCADE,
  CONSTRAINT book_author_author_id_fkey FOREIGN KEY (author_id) REFERENCES author (id) ON DELETE RESTRICT,
  CONSTRAINT book_author_role_known CHECK (role IN ('author', 'editor', 'translator', 'illustrator', 'narrator')),
  CONSTRAINT book_author_credit_order_positive CHECK (credit_order >= 1)
);
CREATE INDEX book_author_author_id_idx ON book_author (author_id);
