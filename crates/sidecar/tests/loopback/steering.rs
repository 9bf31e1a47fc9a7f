use serde_json::json;
use sidecar::{
    control::steer,
    protocol::{Answer, Behaviour, Order},
};

use crate::stand::{Stand, call, prices, route};

#[tokio::test]
async fn a_change_is_seen_by_the_next_call_on_an_open_connection() {
    let stand = Stand::new(prices()).await;
    let mut kept = stand.connect().await;
    assert_eq!(
        call(&mut kept, "GET", "/prices/a", "").await.unwrap().0,
        200
    );
    let other = Behaviour {
        seed: 2,
        routes: vec![route("GET /prices/{sku}", json!({ "price_cents": 7 }))],
        per_second: Some(2),
    };
    assert_eq!(stand.order(&Order::Behave(other)).await, Answer::Done);
    for _ in 0..2 {
        let answer = call(&mut kept, "GET", "/prices/a", "").await.unwrap();
        assert_eq!(answer, (200, json!({ "price_cents": 7 })));
    }
    assert_eq!(
        call(&mut kept, "GET", "/prices/a", "").await.unwrap().0,
        429
    );
}

#[tokio::test]
async fn what_is_no_order_is_refused_and_changes_nothing() {
    let stand = Stand::new(prices()).await;
    for order in [
        "",
        "{",
        "\"Stop\"",
        r#"{"End":{"window":77}}"#,
        &"x".repeat(1_000_000),
    ] {
        let answer = steer(&stand.socket, order).await;
        if let Ok(answer) = answer {
            assert!(answer.contains("Refused"), "{answer}");
        }
    }
    let wrong = Behaviour {
        routes: vec![route("GET", json!(1))],
        ..prices()
    };
    let answer = stand.order(&Order::Behave(wrong)).await;
    assert!(matches!(answer, Answer::Refused { .. }), "{answer:?}");
    assert_eq!(stand.get("/prices/a").await.0, 200);
}

#[tokio::test]
async fn nothing_of_the_control_is_on_the_port() {
    let stand = Stand::new(prices()).await;
    let order = serde_json::to_string(&Order::Behave(Behaviour::default())).unwrap();
    let mut kept = stand.connect().await;
    for path in ["/", "/stub", "/control", "/_", "/prices"] {
        for method in ["GET", "POST", "PUT", "DELETE"] {
            assert_eq!(call(&mut kept, method, path, &order).await.unwrap().0, 404);
        }
    }
    assert_eq!(stand.get("/prices/a").await.0, 200);
}
