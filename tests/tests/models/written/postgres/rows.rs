//! Rows as people write them for sqlx.
use sqlx::FromRow;

#[derive(Clone, Debug, FromRow)]
pub struct Address {
    pub id: i64,
    pub customer_id: i64,
    #[sqlx(rename = "type")]
    pub kind: AddressType,
    pub recipient: String,
    pub street: String,
    pub extra: Option<String>,
    pub postcode: String,
    pub city: String,
    pub country: String,
    pub is_default: bool,
}

#[derive(Clone, Debug, FromRow)]
pub struct AuditLog {
    pub logged_at: chrono::DateTime<chrono::Utc>,
    pub actor: String,
    pub action: String,
    pub entity: String,
    pub entity_key: String,
    pub details: Option<serde_json::Value>,
}

#[derive(Clone, Debug, FromRow)]
pub struct Author {
    pub id: i64,
    pub given_name: Option<String>,
    pub family_name: String,
    pub sort_name: String,
    pub born_in: Option<i16>,
    pub biography: Option<String>,
}

#[derive(Clone, Debug, FromRow)]
pub struct Book {
    pub id: i64,
    pub isbn: String,
    pub title: String,
    pub subtitle: Option<String>,
    pub format: BookFormat,
    pub publisher_id: i64,
    pub category_id: i32,
    pub series_id: Option<i64>,
    pub volume: Option<i16>,
    pub language: String,
    pub page_count: Option<i32>,
    pub published_on: Option<chrono::NaiveDate>,
    pub price: rust_decimal::Decimal,
    pub available: bool,
    pub tags: Vec<String>,
    pub attributes: serde_json::Value,
    pub created_at: chrono::DateTime<chrono::Utc>,
    pub updated_at: chrono::DateTime<chrono::Utc>,
    pub reorder_level: i32,
}

#[derive(Clone, Debug, FromRow)]
pub struct BookAuthor {
    pub book_id: i64,
    pub author_id: i64,
    pub role: BookAuthorRole,
    pub credit_order: i16,
}

#[derive(Clone, Debug, FromRow)]
pub struct Category {
    pub id: i32,
    pub parent_id: Option<i32>,
    pub slug: String,
    pub name: String,
    pub position: i32,
}

#[derive(Clone, Debug, FromRow)]
pub struct Customer {
    pub id: i64,
    pub public_id: uuid::Uuid,
    pub email: String,
    pub full_name: String,
    pub status: CustomerStatus,
    pub created_at: chrono::DateTime<chrono::Utc>,
    pub updated_at: chrono::DateTime<chrono::Utc>,
}

#[derive(Clone, Debug, FromRow)]
pub struct CustomerOrder {
    pub id: i64,
    pub order_number: String,
    pub customer_id: i64,
    pub billing_address_id: i64,
    pub shipping_address_id: Option<i64>,
    pub status: String,
    pub currency: String,
    pub discount_rate: rust_decimal::Decimal,
    pub shipping_fee: rust_decimal::Decimal,
    pub note: Option<String>,
    pub created_at: chrono::DateTime<chrono::Utc>,
    pub placed_at: Option<chrono::DateTime<chrono::Utc>>,
}

#[derive(Clone, Debug, FromRow)]
pub struct CustomerProfile {
    pub customer_id: i64,
    pub date_of_birth: Option<chrono::NaiveDate>,
    pub phone: Option<String>,
    pub locale: String,
    pub newsletter: bool,
    pub loyalty_points: i32,
    pub preferences: serde_json::Value,
    pub avatar: Option<Vec<u8>>,
    pub updated_at: chrono::DateTime<chrono::Utc>,
}

#[derive(Clone, Debug, FromRow)]
pub struct OrderLine {
    pub order_id: i64,
    pub line_no: i16,
    pub book_id: i64,
    pub quantity: i32,
    pub unit_price: rust_decimal::Decimal,
    pub line_total: rust_decimal::Decimal,
    pub gift_wrap: bool,
}

#[derive(Clone, Debug, FromRow)]
pub struct Publisher {
    pub id: i64,
    pub name: String,
    pub country: String,
    pub website: Option<String>,
}

#[derive(Clone, Debug, FromRow)]
pub struct Review {
    pub id: i64,
    pub book_id: i64,
    pub customer_id: i64,
    pub rating: i16,
    pub headline: Option<String>,
    pub body: Option<String>,
    pub status: String,
    pub helpful_votes: i32,
    pub created_at: chrono::DateTime<chrono::Utc>,
}

#[derive(Clone, Debug, FromRow)]
pub struct Series {
    pub id: i64,
    pub title: String,
    pub planned_volumes: Option<i16>,
}

#[derive(Clone, Debug, FromRow)]
pub struct Shipment {
    pub id: i64,
    pub order_id: i64,
    pub carrier: String,
    pub tracking_code: Option<String>,
    pub status: ShipmentStatus,
    pub weight_kg: Option<rust_decimal::Decimal>,
    pub shipped_at: Option<chrono::DateTime<chrono::Utc>>,
    pub delivered_at: Option<chrono::DateTime<chrono::Utc>>,
}

#[derive(Clone, Debug, FromRow)]
pub struct ShipmentLine {
    pub shipment_id: i64,
    pub order_id: i64,
    pub line_no: i16,
    pub quantity: i32,
}

#[derive(Clone, Debug, FromRow)]
pub struct StockLevel {
    pub book_id: i64,
    pub warehouse: String,
    pub on_hand: i32,
    pub reserved: i32,
    pub shelf: Option<String>,
    pub counted_at: chrono::DateTime<chrono::Utc>,
}

#[derive(Clone, Copy, Debug, sqlx::Type)]
#[sqlx(type_name = "book_format", rename_all = "lowercase")]
pub enum BookFormat {
    Hardcover,
    Paperback,
    Ebook,
    Audiobook,
}

#[derive(Clone, Copy, Debug, sqlx::Type)]
#[sqlx(type_name = "varchar", rename_all = "snake_case")]
pub enum BookAuthorRole {
    Author,
    Editor,
    Translator,
    Illustrator,
    Narrator,
}

#[derive(Clone, Copy, Debug, sqlx::Type)]
#[sqlx(type_name = "varchar", rename_all = "snake_case")]
pub enum CustomerStatus {
    Active,
    Suspended,
    Closed,
}

#[derive(Clone, Copy, Debug, sqlx::Type)]
#[sqlx(type_name = "varchar", rename_all = "snake_case")]
pub enum AddressType {
    Home,
    Work,
    ParcelShop,
}

#[derive(Clone, Copy, Debug, sqlx::Type)]
#[sqlx(type_name = "varchar", rename_all = "snake_case")]
pub enum ShipmentStatus {
    Packing,
    InTransit,
    Delivered,
    Lost,
    Returned,
}
