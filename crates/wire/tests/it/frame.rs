use bytes::{BufMut, BytesMut};
use proptest::{collection::vec, prelude::*};
use serde::{Deserialize, Serialize};
use wire::frame::{self, FrameError, Splitter};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Message {
    Nothing,
    Text(String),
    Numbers { numbers: Vec<u64>, sign: i32 },
    Nested(Vec<Option<Box<Message>>>),
}

fn messages() -> impl Strategy<Value = Message> {
    let leaf = prop_oneof![
        Just(Message::Nothing),
        any::<String>().prop_map(Message::Text),
        (vec(any::<u64>(), 0..20), any::<i32>())
            .prop_map(|(numbers, sign)| Message::Numbers { numbers, sign }),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        vec(proptest::option::of(inner.prop_map(Box::new)), 0..4).prop_map(Message::Nested)
    })
}

fn encoded(message: &impl Serialize) -> BytesMut {
    let mut stream = BytesMut::new();
    frame::encode(message, frame::MAX, &mut stream).unwrap();
    stream
}

/// All frames of `stream`, read from it `chunk` bytes at a time.
fn split_in_chunks(stream: &[u8], chunk: usize) -> Vec<BytesMut> {
    let mut splitter = Splitter::new(frame::MAX);
    let mut read = BytesMut::new();
    let mut frames = Vec::new();
    for part in stream.chunks(chunk) {
        read.put_slice(part);
        while let Some(frame) = splitter.split(&mut read).unwrap() {
            frames.push(frame);
        }
    }
    assert!(read.is_empty(), "{} bytes belong to no frame", read.len());
    frames
}

proptest! {
    #[test]
    fn what_is_sent_arrives_in_order_however_it_is_cut(
        sent in vec(messages(), 0..8),
        chunk in 1..40_usize,
    ) {
        let mut stream = BytesMut::new();
        for message in &sent {
            frame::encode(message, frame::MAX, &mut stream).unwrap();
        }
        let frames = split_in_chunks(&stream, chunk);
        let arrived: Vec<Message> = frames.iter().map(|f| frame::decode(f).unwrap()).collect();
        prop_assert_eq!(arrived, sent);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..200)) {
        let _ = frame::decode::<Message>(&bytes);
        let _ = frame::decode::<Vec<String>>(&bytes);
        let mut splitter = Splitter::new(64);
        let mut stream = BytesMut::from(&bytes[..]);
        while let Ok(Some(frame)) = splitter.split(&mut stream) {
            prop_assert!(frame.len() <= 64);
            let _ = frame::decode::<Message>(&frame);
        }
    }

    #[test]
    fn a_splitter_never_asks_for_more_memory_than_its_limit(claimed in any::<u32>()) {
        let mut stream = BytesMut::from(&claimed.to_be_bytes()[..]);
        let split = Splitter::new(1000).split(&mut stream);
        prop_assert_eq!(split.is_err(), claimed > 1000);
        prop_assert!(stream.capacity() <= 2 * 1004);
    }
}

#[test]
fn a_length_of_four_gigabytes_is_refused_before_anything_is_allocated() {
    let mut stream = BytesMut::from(&[0xff; 4][..]);
    let before = stream.capacity();
    let error = Splitter::new(frame::MAX).split(&mut stream).unwrap_err();
    assert_eq!(error.to_string(), "a message of more than 1048576 bytes: send less at once");
    assert_eq!(stream.capacity(), before);
}

#[test]
fn a_frame_that_claims_a_huge_text_is_refused() {
    // bincode writes a length that needs eight bytes as 253 and the eight bytes.
    let mut claim = vec![253];
    claim.extend(u64::MAX.to_le_bytes());
    assert!(matches!(frame::decode::<String>(&claim), Err(FrameError::Undecodable(_))));
    assert!(matches!(frame::decode::<Vec<u64>>(&claim), Err(FrameError::Undecodable(_))));
}

#[test]
fn a_message_over_the_limit_leaves_the_stream_as_it_was() {
    let mut stream = encoded(&"before");
    let before = stream.clone();
    let error = frame::encode(&"a".repeat(100), 100, &mut stream).unwrap_err();
    assert!(matches!(error, FrameError::TooLong { limit: 100 }), "{error}");
    assert_eq!(stream, before);
    // One byte of it says how long the text is.
    frame::encode(&"a".repeat(99), 100, &mut stream).unwrap();
}

#[test]
fn what_cannot_be_serialized_leaves_the_stream_as_it_was() {
    struct Unsendable;
    impl Serialize for Unsendable {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("not this one"))
        }
    }
    let mut stream = BytesMut::new();
    let error = frame::encode(&("half of it", Unsendable), frame::MAX, &mut stream).unwrap_err();
    assert!(matches!(error, FrameError::Unencodable(_)));
    assert!(stream.is_empty());
}

#[test]
fn trailing_bytes_are_refused() {
    let mut stream = encoded(&(7_u8, 8_u8));
    let frame = Splitter::new(frame::MAX).split(&mut stream).unwrap().unwrap();
    assert!(matches!(frame::decode::<u8>(&frame), Err(FrameError::Trailing { rest: 1 })));
}

#[test]
fn frames_are_cut_out_of_the_buffer_without_copying() {
    let mut stream = encoded(&"hello");
    let body = stream[4..].as_ptr();
    let frame = Splitter::new(frame::MAX).split(&mut stream).unwrap().unwrap();
    assert_eq!(frame.as_ptr(), body);
}
