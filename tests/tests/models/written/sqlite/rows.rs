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
    pub logged_at: chrono::NaiveDateTime,
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
    pub born_in: Option<i64>,
    pub biography: Option<String>,
}

#[derive(Clone, Debug, FromRow)]
pub struct Book {
    pub id: i64,
    pub isbn: String,
    pub title: String,
    pub subtitle: Option<String>,
    pub format: String,
    pub publisher_id: i64,
    pub category_id: i64,
    pub series_id: Option<i64>,
    pub volume: Option<i64>,
    pub language: String,
    pub page_count: Option<i64>,
    pub published_on: Option<chrono::NaiveDate>,
    pub price: f64,
    pub available: bool,
    pub tags: serde_json::Value,
    pub attributes: serde_json::Value,
    pub created_at: chrono::NaiveDateTime,
    pub updated_at: chrono::NaiveDateTime,
    pub reorder_level: i64,
}

#[derive(Clone, Debug, FromRow)]
pub struct BookAuthor {
    pub book_id: i64,
    pub author_id: i64,
    pub role: BookAuthorRole,
    pub credit_order: i64,
}

#[derive(Clone, Debug, FromRow)]
pub struct Category {
    pub id: i64,
    pub parent_id: Option<i64>,
    pub slug: String,
    pub name: String,
    pub position: i64,
}

#[derive(Clone, Debug, FromRow)]
pub struct Customer {
    pub id: i64,
    pub public_id: uuid::Uuid,
    pub email: String,
    pub full_name: String,
    pub status: CustomerStatus,
    pub created_at: chrono::NaiveDateTime,
    pub updated_at: chrono::NaiveDateTime,
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
    pub discount_rate: f64,
    pub shipping_fee: f64,
    pub note: Option<String>,
    pub created_at: chrono::NaiveDateTime,
    pub placed_at: Option<chrono::NaiveDateTime>,
}

#[derive(Clone, Debug, FromRow)]
pub struct CustomerProfile {
    pub customer_id: i64,
    pub date_of_birth: Option<chrono::NaiveDate>,
    pub phone: Option<String>,
    pub locale: String,
    pub newsletter: bool,
    pub loyalty_points: i64,
    pub preferences: serde_json::Value,
    pub avatar: Option<Vec<u8>>,
    pub updated_at: chrono::NaiveDateTime,
}

#[derive(Clone, Debug, FromRow)]
pub struct OrderLine {
    pub order_id: i64,
    pub line_no: i64,
    pub book_id: i64,
    pub quantity: i64,
    pub unit_price: f64,
    pub line_total: f64,
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
    pub rating: i64,
    pub headline: Option<String>,
    pub body: Option<String>,
    pub status: String,
    pub helpful_votes: i64,
    pub created_at: chrono::NaiveDateTime,
}

#[derive(Clone, Debug, FromRow)]
pub struct Series {
    pub id: i64,
    pub title: String,
    pub planned_volumes: Option<i64>,
}

#[derive(Clone, Debug, FromRow)]
pub struct Shipment {
    pub id: i64,
    pub order_id: i64,
    pub carrier: String,
    pub tracking_code: Option<String>,
    pub status: ShipmentStatus,
    pub weight_kg: Option<f64>,
    pub shipped_at: Option<chrono::NaiveDateTime>,
    pub delivered_at: Option<chrono::NaiveDateTime>,
}

#[derive(Clone, Debug, FromRow)]
pub struct ShipmentLine {
    pub shipment_id: i64,
    pub order_id: i64,
    pub line_no: i64,
    pub quantity: i64,
}

#[derive(Clone, Debug, FromRow)]
pub struct StockLevel {
    pub book_id: i64,
    pub warehouse: String,
    pub on_hand: i64,
    pub reserved: i64,
    pub shelf: Option<String>,
    pub counted_at: chrono::NaiveDateTime,
}

#[derive(Clone, Copy, Debug, sqlx::Type)]
#[sqlx(rename_all = "lowercase")]
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
