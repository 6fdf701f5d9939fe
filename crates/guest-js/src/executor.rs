//! The job queue: microtasks in the order in which they came, and nothing that waits for a clock.
//!
//! Whatever waits for the outside is a [pending call](crate::state::State::wait), not a job, so the
//! queue always runs dry and the guest can be left between two resumes.

use boa_engine::job::{Job, JobExecutor, NativeAsyncJob, PromiseJob};
use boa_engine::{Context, JsResult};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// The guest's job queue.
#[derive(Default)]
pub struct Executor {
    promise_jobs: RefCell<VecDeque<PromiseJob>>,
    async_jobs: RefCell<VecDeque<NativeAsyncJob>>,
}

impl JobExecutor for Executor {
    fn enqueue_job(self: Rc<Self>, job: Job, _: &mut Context) {
        match job {
            Job::PromiseJob(job) => self.promise_jobs.borrow_mut().push_back(job),
            Job::AsyncJob(job) => self.async_jobs.borrow_mut().push_back(job),
            // Finalizers may be left out, by the specification; the engine's own timers serve
            // `Atomics.waitAsync` alone, which a flow does not have.
            _ => {}
        }
    }

    fn run_jobs(self: Rc<Self>, context: &mut Context) -> JsResult<()> {
        loop {
            let job = self.promise_jobs.borrow_mut().pop_front();
            if let Some(job) = job {
                job.call(context)?;
                continue;
            }
            let job = self.async_jobs.borrow_mut().pop_front();
            let Some(job) = job else { break };
            // The only asynchronous jobs are module loads, and our loader is ready at once.
            let context = RefCell::new(&mut *context);
            let mut future = std::pin::pin!(job.call(&context));
            if let Poll::Ready(result) = future
                .as_mut()
                .poll(&mut std::task::Context::from_waker(Waker::noop()))
            {
                result?;
            }
        }
        context.clear_kept_objects();
        Ok(())
    }
}
