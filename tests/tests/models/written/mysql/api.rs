//! What a web service sends.
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Book {
    pub id: i64,
    pub isbn: String,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<String>,
    pub format: Format,
    pub publisher_id: i64,
    pub category_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<i64>,
    pub language: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_on: Option<chrono::NaiveDate>,
    pub price: String,
    pub available: bool,
    pub tags: serde_json::Value,
    pub attributes: serde_json::Value,
    pub created_at: String,
    pub updated_at: String,
    pub reorder_level: i64,
    #[serde(skip)]
    pub cached: bool,
    pub links: Vec<Link>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    pub id: i64,
    pub public_id: String,
    pub email: String,
    pub full_name: String,
    pub status: String,
    pub created_at: String,
    pub updated_at: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomerOrder {
    pub id: i64,
    pub order_number: String,
    pub customer_id: i64,
    pub billing_address_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_address_id: Option<i64>,
    pub status: String,
    pub currency: String,
    pub discount_rate: String,
    pub shipping_fee: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    pub created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placed_at: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StockLevel {
    pub book_id: i64,
    pub warehouse: String,
    pub on_hand: i64,
    pub reserved: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shelf: Option<String>,
    pub counted_at: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Hardcover,
    Paperback,
    Ebook,
    Audiobook,
}

#[derive(Serialize, Deserialize)]
pub struct Link {
    pub href: String,
}
