/** A port of 127.0.0.1 that nobody listens on at this moment. */
export { findFreePort as freePort } from '../../src/host/database/postgres-cluster.js';
