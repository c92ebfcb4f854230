//! Strongly connected components: what belongs together in a graph because each is reached from
//! each other.

/// The parts of a graph in which each node is reached from each other; a node that is reached
/// from no other that it reaches is a part of its own. Nodes are numbers below `count`.
///
/// R. Tarjan, "Depth-First Search and Linear Graph Algorithms", SIAM Journal on Computing
/// 1(2):146–160, 1972, §4, with a stack of its own: graphs of states are deep.
pub(crate) fn components<N: Iterator<Item = u32>>(
    count: usize,
    nodes: impl Iterator<Item = u32>,
    neighbours: impl Fn(u32) -> N,
) -> Vec<Vec<u32>> {
    let mut search = Search {
        visited: 0,
        numbers: vec![0; count],
        low_links: vec![0; count],
        open: Vec::new(),
        found: Vec::new(),
    };
    for node in nodes {
        if search.numbers[node as usize] == 0 {
            search.visit(node, &neighbours);
        }
    }
    search.found
}

struct Search {
    visited: u32,
    /// In which order each node was visited, from 1; 0 for those that were not.
    numbers: Vec<u32>,
    /// The smallest number of an open node that is known to be reached from each.
    low_links: Vec<u32>,
    /// The nodes that were visited and are in no component yet.
    open: Vec<u32>,
    found: Vec<Vec<u32>>,
}

/// The number of a node that is in a component already: no way leads back from there.
const CLOSED: u32 = u32::MAX;

impl Search {
    fn visit<N: Iterator<Item = u32>>(&mut self, root: u32, neighbours: &impl Fn(u32) -> N) {
        let mut path = vec![(root, neighbours(root))];
        self.enter(root);
        while let Some((node, rest)) = path.last_mut() {
            let node = *node;
            match rest.next() {
                Some(next) if self.numbers[next as usize] == 0 => {
                    self.enter(next);
                    path.push((next, neighbours(next)));
                }
                Some(next) if self.numbers[next as usize] != CLOSED => {
                    self.reaches(node, self.numbers[next as usize]);
                }
                Some(_) => {}
                None => {
                    path.pop();
                    let low_link = self.low_links[node as usize];
                    if low_link == self.numbers[node as usize] {
                        self.close(node);
                    }
                    if let Some((parent, _)) = path.last() {
                        self.reaches(*parent, low_link);
                    }
                }
            }
        }
    }

    fn enter(&mut self, node: u32) {
        self.visited += 1;
        self.numbers[node as usize] = self.visited;
        self.low_links[node as usize] = self.visited;
        self.open.push(node);
    }

    fn reaches(&mut self, node: u32, number: u32) {
        let low_link = &mut self.low_links[node as usize];
        *low_link = number.min(*low_link);
    }

    /// All that is open from `root` on is one component.
    fn close(&mut self, root: u32) {
        let start = self.open.iter().rposition(|&node| node == root);
        let component = self.open.split_off(start.expect("a root is open until it is closed"));
        for &node in &component {
            self.numbers[node as usize] = CLOSED;
        }
        self.found.push(component);
    }
}

#[cfg(test)]
mod tests {
    use super::components;

    fn sorted(count: usize, steps: &[(u32, u32)]) -> Vec<Vec<u32>> {
        let neighbours = |node| {
            let steps = steps.iter().filter(move |(from, _)| *from == node);
            steps.map(|(_, to)| *to)
        };
        let mut found = components(count, 0..count as u32, neighbours);
        found.iter_mut().for_each(|component| component.sort_unstable());
        found.sort_unstable();
        found
    }

    #[test]
    fn a_ring_is_one_component_and_a_chain_is_many() {
        assert_eq!(sorted(3, &[(0, 1), (1, 2), (2, 0)]), [vec![0, 1, 2]]);
        assert_eq!(sorted(3, &[(0, 1), (1, 2)]), [vec![0], vec![1], vec![2]]);
    }

    #[test]
    fn a_diamond_is_no_cycle() {
        let steps = [(0, 1), (0, 2), (1, 3), (2, 3)];
        assert_eq!(sorted(4, &steps), [vec![0], vec![1], vec![2], vec![3]]);
    }

    #[test]
    fn what_leads_out_of_a_ring_is_no_part_of_it() {
        let steps = [(0, 1), (1, 0), (1, 2), (2, 3), (3, 2)];
        assert_eq!(sorted(4, &steps), [vec![0, 1], vec![2, 3]]);
    }

    #[test]
    fn a_way_to_what_is_closed_joins_nothing() {
        // Node 2 is visited after the ring of 0 and 1 is closed, and leads there.
        let steps = [(0, 1), (1, 0), (2, 1)];
        assert_eq!(sorted(3, &steps), [vec![0, 1], vec![2]]);
    }
}
