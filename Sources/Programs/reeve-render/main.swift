import Render

RenderProgram.run()
