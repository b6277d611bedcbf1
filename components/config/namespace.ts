/** The namespace of the stack config, whatever the project is called: a component's own. */
export { NAMESPACE } from "../domain/naming";

/** The key of the only secret: the private key of `certificates.chainPem`, in PEM. */
export const PRIVATE_KEY = "certificatePrivateKey";
