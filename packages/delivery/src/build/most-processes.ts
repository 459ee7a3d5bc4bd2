/**
 * How many processes and threads the commands of a build may have at a time: as many as Podman gives a container that runs. Compilers start some for
 * each processor.
 */
export const mostBuildProcesses = 2048;
