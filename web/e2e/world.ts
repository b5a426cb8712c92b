// A server and the network before it, for all tests of a file. After each test
// the network is fair again.

import { after, afterEach, before } from "node:test";

import { Network, Server } from "./server.ts";

export interface World {
  readonly server: Server;
  readonly network: Network;
}

/** Starts a server with some flags before the tests of a file, and stops it after them. */
export function world(...flags: string[]): World {
  let server: Server;
  let network: Network;
  before(async () => {
    server = await Server.start(...flags);
    network = await Network.before(server);
  });
  afterEach(() => network.fair());
  after(async () => {
    await network.close();
    await server.stop();
  });
  return {
    get server() {
      return server;
    },
    get network() {
      return network;
    },
  };
}
