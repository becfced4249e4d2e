Console.Error.WriteLine("usage: bench [NAME ...] [--quick]");
return 64;
