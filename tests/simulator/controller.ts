/** A controller for tests: accepts FreeSWITCH's connections and says what a test has it say. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { AwaitedText } from '../support/awaited-text.js';

export class ControlledCall extends AwaitedText {
  constructor(readonly socket: Socket) {
    super(socket);
  }

  send(...commands: string[]): void {
    this.socket.write(commands.map((command) => `${command}\n\n`).join(''), 'latin1');
  }

  /** A message that has an application executed. */
  execute(application: string, data = '', ...headers: string[]): void {
    this.send(
      [
        'sendmsg',
        'call-command: execute',
        `execute-app-name: ${application}`,
        `execute-app-arg: ${data}`,
        ...headers,
      ].join('\n'),
    );
  }
}

export class Controller {
  private constructor(
    private readonly server: Server,
    readonly target: string,
  ) {}

  static async start(handle: (call: ControlledCall) => Promise<void> | void): Promise<Controller> {
    const server = createServer({ noDelay: true }, (socket) => {
      void handle(new ControlledCall(socket));
    });
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1000 });
    await once(server, 'listening');
    return new Controller(server, `127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  async stop(): Promise<void> {
    this.server.close();
    await once(this.server, 'close');
  }
}
