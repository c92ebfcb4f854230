//! What a node tells the task of a connection to do.
//!
//! There are thousands of such tasks, and each looks for orders whenever anything wakes it. Node
//! and tasks share a thread: a look is a look into a cell, with nothing to lock.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    task::{Context, Poll, Waker},
};

use bytes::BytesMut;

/// What there is to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Write what the node could not, or would not, write at once.
    Write,
    /// Hang up: once these last bytes are said, or at once. No order follows.
    End(Option<BytesMut>),
}

/// The node's end. To drop it is to order that the connection be cut.
pub(crate) struct Orders {
    desk: Rc<Desk>,
    /// What is to be said before the end, if anything.
    last_bytes: Option<BytesMut>,
}

/// The task's end.
#[derive(Default)]
pub(crate) struct Desk {
    /// The last order, if it has not been taken: whoever hangs up need not write first.
    order: Cell<Option<Order>>,
    /// Who has looked for it in vain.
    task: RefCell<Option<Waker>>,
}

/// The two ends.
pub(crate) fn orders() -> (Orders, Rc<Desk>) {
    let desk = Rc::<Desk>::default();
    (Orders { desk: Rc::clone(&desk), last_bytes: None }, desk)
}

impl Orders {
    pub(crate) fn write(&self) {
        self.desk.put(Order::Write);
    }

    pub(crate) fn end(mut self, last_bytes: BytesMut) {
        self.last_bytes = Some(last_bytes);
    }
}

impl Drop for Orders {
    fn drop(&mut self) {
        self.desk.put(Order::End(self.last_bytes.take()));
    }
}

impl Desk {
    fn put(&self, order: Order) {
        self.order.set(Some(order));
        if let Some(task) = self.task.take() {
            task.wake();
        }
    }

    /// The next order.
    pub(crate) fn poll(&self, context: &Context) -> Poll<Order> {
        if let Some(order) = self.order.take() {
            return Poll::Ready(order);
        }
        let mut task = self.task.borrow_mut();
        if !task.as_ref().is_some_and(|task| task.will_wake(context.waker())) {
            *task = Some(context.waker().clone());
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicU32, Ordering},
        },
        task::Wake,
    };

    use super::*;

    /// Counts how often it is woken.
    #[derive(Default)]
    struct Task(AtomicU32);

    impl Wake for Task {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn an_order_wakes_the_task_that_looked_for_it_in_vain() {
        let task = Arc::<Task>::default();
        let waker = Waker::from(Arc::clone(&task));
        let context = Context::from_waker(&waker);
        let (orders, desk) = orders();
        assert_eq!(desk.poll(&context), Poll::Pending);
        assert_eq!(desk.poll(&context), Poll::Pending);
        orders.write();
        assert_eq!(task.0.load(Ordering::Relaxed), 1);
        assert_eq!(desk.poll(&context), Poll::Ready(Order::Write));
        assert_eq!(desk.poll(&context), Poll::Pending);
        drop(orders);
        assert_eq!(task.0.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn whoever_is_to_hang_up_need_not_write_first() {
        let context = Context::from_waker(Waker::noop());
        let (orders, desk) = orders();
        orders.write();
        orders.end("bye".into());
        assert_eq!(desk.poll(&context), Poll::Ready(Order::End(Some("bye".into()))));
    }

    #[test]
    fn a_node_that_lets_go_of_a_connection_has_it_cut() {
        let context = Context::from_waker(Waker::noop());
        let (orders, desk) = orders();
        drop(orders);
        assert_eq!(desk.poll(&context), Poll::Ready(Order::End(None)));
    }
}
