/** Loaded into the process of a command: resolves the names of S3 Control to this machine. */
import { resolveControlHost } from "../support/control-host";

resolveControlHost();
