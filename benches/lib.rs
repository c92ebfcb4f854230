//! How fast Signalbox is, beside the limits that it can be held to. There is no library here:
//! `cargo bench -p benches` runs what stands in `benches/`.
