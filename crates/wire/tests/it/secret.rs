use wire::secret::{EmptySecret, Secret};

#[test]
fn a_secret_is_never_printed() {
    let secret: Secret = "swordfish".parse().unwrap();
    assert_eq!(format!("{secret:?}"), "Secret(..)");
}

#[test]
fn the_empty_secret_is_none() {
    assert_eq!("".parse::<Secret>(), Err(EmptySecret));
}

#[test]
fn only_the_same_secret_and_the_same_statement_confirm_a_proof() {
    let [ours, same, other]: [Secret; 3] = ["a", "a", "b"].map(|text| text.parse().unwrap());
    assert!(same.confirms(b"statement", &ours.prove(b"statement")));
    assert!(!other.confirms(b"statement", &ours.prove(b"statement")));
    assert!(!same.confirms(b"another", &ours.prove(b"statement")));
}
