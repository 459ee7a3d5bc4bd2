import { readFile } from 'node:fs/promises';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
  ELOOP: 'its path goes round in circles',
};

/** The text of a file that a setting names, or why there is none, in words. */
export async function readSettingFile(file: string): Promise<{ readonly text: string } | { readonly fault: string }> {
  try {
    return { text: await readFile(file, 'utf8') };
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return { fault: `${file} cannot be read: ${reasons[code] ?? code}. Correct the path, or the rights of the file.` };
  }
}
