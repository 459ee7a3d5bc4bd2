// What is used of the HTTP client, by name: compiled, a package in CommonJS that is imported dynamically has none.
export { Agent, fetch } from 'undici';
