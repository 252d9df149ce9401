"""The application that runs in a browser: the engine compiled to WebAssembly, the declarations as data, and its pages."""
