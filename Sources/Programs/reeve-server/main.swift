import Server

await runReeveServer()
