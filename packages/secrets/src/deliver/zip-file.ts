// What is used of the library, by name: compiled, a package in CommonJS that is imported dynamically has none.
export { ZipFile } from 'yazl';
