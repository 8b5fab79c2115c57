-- Parcels. One order may leave the house in several, and one line may be split between them.

CREATE TABLE shipment (
  id bigint NOT NULL AUTO_INCREMENT,
  order_id bigint NOT NULL,
  carrier varchar(40) NOT NULL,
  tracking_code varchar(64),
  status varchar(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'packing',
  weight_kg decimal(7,3) COMMENT 'With the packaging. No carrier takes more than 31.5 kg.',
  shipped_at datetime(6),
  delivered_at datetime(6),
  PRIMARY KEY (id),
  CONSTRAINT shipment_carrier_tracking_code_key UNIQUE (carrier, tracking_code),
  KEY shipment_order_id_idx (order_id),
  CONSTRAINT shipment_order_id_fkey FOREIGN KEY (order_id) REFERENCES customer_order (id),
  CONSTRAINT shipment_status_known CHECK (status IN ('packing', 'in_transit', 'delivered', 'lost', 'returned')),
  CONSTRAINT shipment_weight_kg_range CHECK (weight_kg > 0 AND weight_kg <= 31.5),
  CONSTRAINT shipment_delivered_after_shipped CHECK (delivered_at >= shipped_at)
) DEFAULT CHARACTER SET utf8mb4 COMMENT 'A parcel on its way.';

CREATE TABLE shipment_line (
  shipment_id bigint NOT NULL,
  order_id bigint NOT NULL,
  line_no smallint NOT NULL,
  quantity int NOT NULL,
  PRIMARY KEY (shipment_id, order_id, line_no),
  KEY shipment_line_order_line_idx (order_id, line_no),
  CONSTRAINT shipment_line_shipment_id_fkey FOREIGN KEY (shipment_id) REFERENCES shipment (id) ON DELETE CASCADE,
  CONSTRAINT shipment_line_order_line_fkey FOREIGN KEY (order_id, line_no) REFERENCES order_line (order_id, line_no),
  CONSTRAINT shipment_line_quantity_positive CHECK (quantity > 0)
) DEFAULT CHARACTER SET utf8mb4 COMMENT 'How many copies of an order line are in a parcel.';
