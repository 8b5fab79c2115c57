-- What was bought. Prices are copied into the lines, so that an order does not change with the catalogue.

-- One visit to the checkout.
CREATE TABLE customer_order (
  id INTEGER NOT NULL PRIMARY KEY,
  order_number VARCHAR(20) NOT NULL, -- What customers quote in letters, such as "2026-004711".
  customer_id INTEGER NOT NULL,
  billing_address_id INTEGER NOT NULL,
  shipping_address_id INTEGER, -- Absent where nothing is shipped, as with ebooks.
  status VARCHAR(12) NOT NULL DEFAULT 'draft',
  currency CHAR(3) NOT NULL DEFAULT 'EUR',
  discount_rate DECIMAL(4,3) NOT NULL DEFAULT 0, -- The part of the price that is taken off: 0.050 is five per cent.
  shipping_fee DECIMAL(10,2) NOT NULL DEFAULT 0,
  note TEXT,
  created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  placed_at DATETIME,
  CONSTRAINT customer_order_order_number_key UNIQUE (order_number),
  CONSTRAINT customer_order_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer (id),
  CONSTRAINT customer_order_billing_address_id_fkey FOREIGN KEY (billing_address_id) REFERENCES address (id),
  CONSTRAINT customer_order_shipping_address_id_fkey FOREIGN KEY (shipping_address_id) REFERENCES address (id),
  CONSTRAINT customer_order_status_known CHECK (status IN ('draft', 'placed', 'paid', 'shipped', 'completed', 'cancelled')),
  CONSTRAINT customer_order_currency_code CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
  CONSTRAINT customer_order_discount_rate_range CHECK (discount_rate >= 0 AND discount_rate < 1),
  CONSTRAINT customer_order_shipping_fee_not_negative CHECK (shipping_fee >= 0),
  CONSTRAINT customer_order_note_length CHECK (length(note) <= 2000),
  CONSTRAINT customer_order_placed_unless_draft CHECK (status IN ('draft', 'cancelled') OR placed_at IS NOT NULL)
);
CREATE INDEX customer_order_customer_id_placed_at_idx ON customer_order (customer_id, placed_at);
CREATE INDEX customer_order_billing_address_id_idx ON customer_order (billing_address_id);
CREATE INDEX customer_order_shipping_address_id_idx ON customer_order (shipping_address_id);

-- One book in an order, and how many copies of it.
CREATE TABLE order_line (
  order_id INTEGER NOT NULL,
  line_no SMALLINT NOT NULL, -- Counted from 1 in each order.
  book_id INTEGER NOT NULL,
  quantity INTEGER NOT NULL DEFAULT 1,
  unit_price DECIMAL(10,2) NOT NULL, -- What a copy cost when the order was placed.
  line_total DECIMAL(12,2) NOT NULL GENERATED ALWAYS AS (quantity * unit_price) STORED, -- Before the discount of the order.
  gift_wrap BOOLEAN NOT NULL DEFAULT FALSE,
  CONSTRAINT order_line_pkey PRIMARY KEY (order_id, line_no),
  CONSTRAINT order_line_order_id_book_id_key UNIQUE (order_id, book_id),
  CONSTRAINT order_line_order_id_fkey FOREIGN KEY (order_id) REFERENCES customer_order (id) ON DELETE CASCADE,
  CONSTRAINT order_line_book_id_fkey FOREIGN KEY (book_id) REFERENCES book (id),
  CONSTRAINT order_line_line_no_positive CHECK (line_no >= 1),
  CONSTRAINT order_line_quantity_range CHECK (quantity BETWEEN 1 AND 999),
  CONSTRAINT order_line_unit_price_not_negative CHECK (unit_price >= 0),
  CONSTRAINT order_line_gift_wrap_boolean CHECK (gift_wrap IN (0, 1))
);
CREATE INDEX order_line_book_id_idx ON order_line (book_id);
