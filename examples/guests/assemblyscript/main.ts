// Draws a histogram of bytes: how often each of 16 classes (the upper half of a
// byte) occurs in /data/blob. The result is /out/histogram.json. /params.json is
// not read. No blob ends the run with exit code 1.
import {
  errno, fd, fd_close, fd_read, fd_write, fdflags, lookupflags, oflags, path_open, proc_exit, rights,
} from "@assemblyscript/wasi-shim/assembly/bindings/wasi_snapshot_preview1";

// The one folder that a guest has is "/", and its descriptor is the first one
// after the standard streams.
const root: fd = 3;

const number = memory.data(4);
const vector = memory.data(8);

function open(path: string, flags: oflags, may: rights): fd {
  const name = String.UTF8.encode(path);
  const failed = path_open(root, lookupflags.SYMLINK_FOLLOW, changetype<usize>(name), name.byteLength, flags, may, 0, 0, number);
  return failed == errno.SUCCESS ? load<fd>(number) : <fd>-1;
}

function fail(why: string): void {
  write(2, "histogram: " + why + "\n");
  proc_exit(1);
}

function write(to: fd, text: string): bool {
  const bytes = String.UTF8.encode(text);
  let done: usize = 0;
  while (done < <usize>bytes.byteLength) {
    store<usize>(vector, changetype<usize>(bytes) + done);
    store<usize>(vector, <usize>bytes.byteLength - done, sizeof<usize>());
    if (fd_write(to, vector, 1, number) != errno.SUCCESS) return false;
    done += load<usize>(number);
  }
  return true;
}

const input = open("data/blob", 0, rights.FD_READ);
if (input == <fd>-1) fail("there is no input \"blob\"");

const counts = new StaticArray<u64>(16);
const buffer = new StaticArray<u8>(64 * 1024);
let size: u64 = 0;
while (true) {
  store<usize>(vector, changetype<usize>(buffer));
  store<usize>(vector, <usize>buffer.length, sizeof<usize>());
  if (fd_read(input, vector, 1, number) != errno.SUCCESS) fail("the input cannot be read");
  const got = load<u32>(number);
  if (got == 0) break;
  for (let i: u32 = 0; i < got; i++) counts[buffer[i] >> 4]++;
  size += got;
}
fd_close(input);

let text = "{\"bytes\": " + size.toString() + ", \"classes\": [";
for (let i = 0; i < 16; i++) text += (i > 0 ? ", " : "") + counts[i].toString();
const output = open("out/histogram.json", oflags.CREAT | oflags.TRUNC, rights.FD_WRITE);
if (output == <fd>-1 || !write(output, text + "]}\n")) fail("the result cannot be written");
fd_close(output);
