//! Whom a fetch asks by: agents that serve one fetch at a time, so that it can be broken off from another thread.

use selvage_host::agent;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use ureq::Agent;

/// How many agents wait for the next fetch, with the connections that they hold.
const AGENTS_IDLE_MAX: usize = 8;

/// Agents for the same kind of address.
pub struct Agents {
    is_here: bool,
    idle: Mutex<Vec<Agent>>,
}

impl Agents {
    /// None yet. What is on this machine is not asked for by way of another one.
    pub const fn new(is_here: bool) -> Self {
        Self {
            is_here,
            idle: Mutex::new(Vec::new()),
        }
    }

    /// One that nobody uses, until what is given is let go of; nothing where the fetch was broken off.
    pub fn lend<'a>(&'a self, breaker: &'a Breaker) -> Option<Lent<'a>> {
        let agent = lock(&self.idle).pop().unwrap_or_else(|| {
            let config = agent(self.is_here).allow_non_standard_methods(true);
            config.build().into()
        });
        let mut state = lock(&breaker.0);
        if state.is_broken {
            return None;
        }
        state.agent = Some(agent.clone());
        Some(Lent {
            agent,
            agents: self,
            breaker,
        })
    }
}

/// An agent in use.
pub struct Lent<'a> {
    pub agent: Agent,
    agents: &'a Agents,
    breaker: &'a Breaker,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        // One that was shut down is of no more use.
        if let Some(agent) = lock(&self.breaker.0).agent.take() {
            let mut idle = lock(&self.agents.idle);
            if idle.len() < AGENTS_IDLE_MAX {
                idle.push(agent);
            }
        }
    }
}

/// What breaks a fetch off: it fails at once, and the server sees its connection close.
#[derive(Clone, Default)]
pub struct Breaker(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    is_broken: bool,
    /// By which the fetch asks now.
    agent: Option<Agent>,
}

impl Breaker {
    /// Breaks it off, or keeps it from beginning.
    pub fn break_off(&self) {
        let agent = {
            let mut state = lock(&self.0);
            state.is_broken = true;
            state.agent.take()
        };
        if let Some(agent) = agent {
            agent.shutdown();
        }
    }
}

/// Whoever panicked left what is there as it is.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
