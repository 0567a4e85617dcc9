using Cleiss.Host.Hosting;

return await HostProgram.RunAsync(args);
