console.error('kernel: nothing to build yet');
