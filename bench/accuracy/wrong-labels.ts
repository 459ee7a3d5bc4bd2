import { createHash } from 'node:crypto';

/**
 * Labels that are wrong, read one by one: by the reason, the first 12 hexadecimal digits of the SHA-256 of values (or texts, where only
 * texts are labelled). Scores are printed with and without them.
 */
const reasons: Readonly<Record<string, string>> = {
  'fails the checksum that its provider puts into it, or its payload cannot be decoded':
    '9a2e7bcbaf43 112fcef619c2 2dd03ed18451 221062431d79 273108ff5859 ed01bc4c4772 206afa34759f ebc789db09e5 c85843a7202e 8b59d90d8cc9 357f9925837b ' +
    'a97b2a65e3ea 7a9e8bf50a5d 76808131d815 a3e40d42d546 f9cc0eb62700 105269e23252 5c4cefbf469d 3bec2b928bd6 4987307a2852 8a1ddaa7dab8',
  'has characters or a length that its provider does not use':
    '1757e9defdbb 2423f6e780a0 d122fa19ed2d 785886c93f06 4c5d5c3abda7 d6518d6e264b c9698c1c61b5 ef8a8cd808a5 2bd6f05fbd99 0f2b051ffbec 807c8bc549f2 ' +
    '6cdb8b0de300 ca82ee048c37 b6e48616c269 579d9ef4c0aa 5efb0134dda0 67d7e236d10b b1b4fd201197 0ec69d8a0c70 d64a548eb78d 1bba7f1b33cf b8ddc77e020a edcc313bb8ed',
  'is a reference, a user name, an empty password, a nonce, a signature or a certificate':
    'bb1438e77786 dc2b11e8a8a1 82c3887df141 bc67372e2642 f34fb3672692 d0a146223525 be3dd8bd43ef c6f4abfb2f80 5eb05c8a225d 6a6a89c57f52 3ed6afa5e07f',
  'is cut off, masked, or has words where a key would be': '7c8d1878a374 6199497a698c a8e150cc0ae9 fba671be7aa1 b5f4d8abed88 387a7a3c8f5f',
  'is a first guess or a placeholder, seen only after decoding or in its context':
    '64197bb492de ce6b9d49d28a afe5086df490 7a586589563c 645c7e488532 85af6759c958 33df5e4e9be0 7fbce568a0bc 164352ba2bb7 244cd57a318f aa814570045a ' +
    '3c96f2d3dbf4 ab44d73c49db 8d56415290cb 1f40b12d05de 97cd40122b56 759e76bd4edd 4b0af8dafe7b b167ffd7f3aa da7adefe4d94',
  'is the example of a standard or of its provider': '0902dfd07007 898fe98c2bc6 7f75367e7881 61f23bfa2355 6f3791a57f1d 02f7ce3c263f',
  'has no signature, so that anyone can make it': '2d9c6606212a 0acb883c40f8 b26c3cbf1d0d 393cad2d6fa2 12683707dcb7',
  'has neither form nor name': 'bf016e820767 1d59add2e828 82404474eabe a49ae57d6eac e3a449e71185',
  'is a secret of another kind than the rule under test looks for':
    'aa3d640a2059 7584a57bb54d a780d9f21805 7fed5863739b 886819ca986d 69055a0ee265 4360413d4408 0f432205b4c9 4861b7d682dc 4c83ea2d2aad 87b56d20407d ' +
    'af459051d124 32ada1eadd55 d65414b56442 572d6afcfa8b',
};

const reasonByHash = new Map(Object.entries(reasons).flatMap(([reason, hashes]) => hashes.split(' ').map((hash) => [hash, reason])));

/** Why the label of a value (or text, Latin-1) is wrong; `undefined` for a label that stands. */
export function findWrongLabel(value: string): string | undefined {
  return reasonByHash.get(createHash('sha256').update(value, 'latin1').digest('hex').slice(0, 12));
}
