//! Many states side by side.

/// Rows of numbers, all of one width.
pub(crate) struct Rows {
    width: usize,
    numbers: Vec<u32>,
}

/// Successors on their way to the thread that they belong to.
pub(crate) struct Parcel {
    headers: Vec<Header>,
    states: Rows,
}

/// What goes with a successor.
#[derive(Clone, Copy)]
pub(crate) struct Header {
    pub(crate) fingerprint: u64,
    /// That of the state it follows from, and the name of that.
    pub(crate) parents_fingerprint: u64,
    pub(crate) parent: u32,
}

impl Rows {
    pub(crate) fn new(width: usize) -> Self {
        Self { width, numbers: Vec::new() }
    }

    pub(crate) fn push(&mut self, row: &[u32]) {
        self.numbers.extend_from_slice(row);
    }

    pub(crate) fn row(&self, index: usize) -> &[u32] {
        &self.numbers[index * self.width..][..self.width]
    }

    pub(crate) fn len(&self) -> usize {
        self.numbers.len() / self.width
    }

    pub(crate) fn clear(&mut self) {
        self.numbers.clear();
    }

    pub(crate) fn bytes(&self) -> usize {
        self.numbers.capacity() * size_of::<u32>()
    }
}

impl Parcel {
    pub(crate) fn new(width: usize) -> Self {
        Self { headers: Vec::new(), states: Rows::new(width) }
    }

    pub(crate) fn push(
        &mut self,
        fingerprint: u64,
        parents_fingerprint: u64,
        parent: u32,
        state: &[u32],
    ) {
        self.headers.push(Header { fingerprint, parents_fingerprint, parent });
        self.states.push(state);
    }

    pub(crate) fn clear(&mut self) {
        self.headers.clear();
        self.states.clear();
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Header, &[u32])> {
        self.headers.iter().copied().zip(self.states.numbers.chunks_exact(self.states.width))
    }

    pub(crate) fn bytes(&self) -> usize {
        self.headers.capacity() * size_of::<Header>() + self.states.bytes()
    }
}
