// A small farm on a summer evening: 24 frames in which the mill turns a quarter round, so that they loop.
//
//   povray farm.pov +W320 +H240 +KFI1 +KFF24 +SF1 +EF1
//
// clock goes from 0 (frame 1) towards 1: the demo gives +KC, so that frame 25 would be frame 1 again.
#version 3.7;
global_settings { assumed_gamma 1.0 max_trace_level 4 }

#declare Sunlight = rgb <1.35, 0.92, 0.58>;
#declare Tau = 2 * pi;

camera {
  location <-3.2 + 0.25 * sin(Tau * clock), 2.3, -12>
  look_at <0.5, 2.35, 4>
  right x * image_width / image_height
  angle 46
}

light_source { <-60, 20, 34> color Sunlight * 1.25 area_light <5, 0, 8>, <0, 6, 0>, 3, 3 adaptive 1 jitter }
light_source { <30, 40, -50> color rgb <0.20, 0.24, 0.34> shadowless }

// Evening sky: gold at the horizon, blue above, thin clouds that wander by one pattern length in a loop.
sky_sphere {
  pigment {
    gradient y
    color_map {
      [0.00 rgb <1.00, 0.42, 0.14>]
      [0.10 rgb <0.98, 0.55, 0.24>]
      [0.22 rgb <0.80, 0.52, 0.42>]
      [0.40 rgb <0.28, 0.34, 0.52>]
      [1.00 rgb <0.06, 0.12, 0.32>]
    }
  }
  pigment {
    bozo
    turbulence 0.55 octaves 4 omega 0.45
    color_map {
      [0.00 rgbt <1, 0.74, 0.50, 0.15>]
      [0.40 rgbt <1, 0.60, 0.40, 0.65>]
      [0.56 rgbt <1, 0.8, 0.8, 1>]
    }
    scale <0.40, 0.07, 0.3>
    translate <0.03 * cos(Tau * clock), 0, 0.03 * sin(Tau * clock)>
  }
}

// The sun, a little above the hills.
disc {
  0, z, 4.6
  pigment { color rgb <1, 0.90, 0.62> }
  finish { ambient 0 diffuse 0 emission 1.0 }
  no_shadow
  translate <-17, 21, 130>
}

#macro Ground(Low, High, Rows, Turn)
  texture {
    pigment {
      gradient x
      turbulence 0.06 octaves 3
      color_map { [0 color Low] [0.42 color Low * 1.15] [0.55 color High] [1 color High * 0.85] }
      scale Rows
      rotate y * Turn
    }
    normal { bumps 0.35 scale 0.12 }
    finish { ambient 0.10 diffuse 0.85 }
  }
#end

// Hills are the tops of very large spheres.
#macro Hill(At, Across, Height, Low, High, Rows, Turn)
  sphere {
    0, 1
    scale <Across, Height, Across>
    translate At
    Ground(Low, High, Rows, Turn)
  }
#end

plane { y, 0 Ground(rgb <0.30, 0.36, 0.10>, rgb <0.42, 0.44, 0.14>, 0.9, 62) }
Hill(<-17, -0.6, 30>, 21, 4.4, rgb <0.52, 0.40, 0.12>, rgb <0.68, 0.52, 0.16>, 0.9, 35)
Hill(<16, -0.5, 34>, 24, 5.6, rgb <0.20, 0.34, 0.10>, rgb <0.30, 0.44, 0.14>, 1.3, -28)
Hill(<-2, -1.0, 62>, 44, 8.8, rgb <0.28, 0.32, 0.22>, rgb <0.34, 0.38, 0.24>, 2.5, 12)
Hill(<46, -1.0, 70>, 40, 12, rgb <0.26, 0.30, 0.30>, rgb <0.30, 0.34, 0.32>, 3, 60)

// Haze over the far fields.
fog { fog_type 2 distance 260 color rgb <1.0, 0.70, 0.44> fog_offset 0.3 fog_alt 6 }

#declare Wood = texture {
  pigment { wood turbulence 0.1 color_map { [0 rgb <0.26, 0.14, 0.07>] [1 rgb <0.36, 0.21, 0.11>] } scale 0.12 rotate x * 85 }
  finish { ambient 0.08 diffuse 0.8 }
}
#declare Plaster = texture {
  pigment { bozo color_map { [0 rgb <0.92, 0.86, 0.74>] [1 rgb <0.84, 0.76, 0.62>] } scale 0.4 }
  normal { bumps 0.15 scale 0.08 }
  finish { ambient 0.12 diffuse 0.8 }
}
#declare Roof = texture {
  pigment { gradient y color_map { [0 rgb <0.40, 0.10, 0.06>] [0.8 rgb <0.56, 0.16, 0.09>] [1 rgb <0.28, 0.07, 0.05>] } scale 0.16 }
  finish { ambient 0.08 diffuse 0.8 }
}
#declare Lamp = texture { pigment { rgb <1, 0.78, 0.38> } finish { emission 0.9 diffuse 0.2 } }

// One sail: a spar with a lattice of laths and a cloth.
#declare Sail = union {
  box { <-0.05, 0, -0.03>, <0.05, 3.0, 0.03> }
  #for (I, 0, 8) box { <-0.05, 0.55 + I * 0.29, -0.015>, <0.62, 0.58 + I * 0.29, 0.015> } #end
  box { <0.58, 0.55, -0.015>, <0.62, 2.9, 0.015> }
  box { <0.30, 0.55, -0.015>, <0.33, 2.9, 0.015> }
  texture { Wood }
}
#declare Cloth = box {
  <0.06, 0.6, 0.010>, <0.58, 2.85, 0.016>
  texture { pigment { rgbt <0.95, 0.90, 0.80, 0.15> } finish { ambient 0.15 diffuse 0.7 } }
}

#declare Mill = union {
  cone { 0, 1.25, <0, 3.9, 0>, 0.82 texture { Plaster } }
  cone { <0, 3.85, 0>, 0.98, <0, 4.75, 0>, 0.08 texture { Roof } }
  cylinder { <0, 1.72, 0>, <0, 1.80, 0>, 1.36 texture { Wood } }
  #for (I, 0, 17)
    cylinder { <1.31, 1.8, 0>, <1.31, 2.1, 0>, 0.022 rotate y * I * 20 texture { Wood } }
  #end
  torus { 1.31, 0.022 translate y * 2.1 texture { Wood } }
  box { <-0.28, 0, -1.3>, <0.28, 0.85, -1.0> texture { Wood } }
  box { <-0.14, 2.55, -1.02>, <0.14, 2.95, -0.8> texture { Lamp } }
  cylinder { <0, 4.0, -0.4>, <0, 4.0, -1.35>, 0.09 texture { Wood } }
  sphere { <0, 4.0, -1.36>, 0.15 texture { Wood } }
  #for (I, 0, 3)
    union {
      object { Sail }
      object { Cloth }
      rotate y * 12
      rotate z * (90 * I - 90 * clock + 20)
      translate <0, 4.0, -1.3>
    }
  #end
}
object { Mill rotate y * 24 translate <3.1, 0.0, 3.2> }

// A barn with light in its window.
union {
  box { <-1.5, 0, -1>, <1.5, 1.25, 1> texture { pigment { rgb <0.50, 0.13, 0.09> } finish { ambient 0.08 diffuse 0.8 } } }
  prism {
    linear_sweep -1.62, 1.62, 4
    <-1.18, 1.2>, <1.18, 1.2>, <0, 2.15>, <-1.18, 1.2>
    rotate <-90, 0, 0> rotate y * 90
    scale <1, 1, 1>
    texture { Roof }
  }
  box { <-0.42, 0, -1.02>, <0.42, 0.9, -0.95> texture { Wood } }
  box { <0.8, 0.55, -1.01>, <1.15, 0.85, -0.95> texture { Lamp } }
  box { <-1.15, 0.55, -1.01>, <-0.8, 0.85, -0.95> texture { Lamp } }
  rotate y * -14
  translate <-2.6, 0, 5.0>
}

// Poplars and round trees, from one stream of random numbers: the same in each frame.
#declare R = seed(1402);
#macro Leaves(Green)
  texture {
    pigment { bozo color_map { [0 color Green * 0.7] [1 color Green * 1.25] } scale 0.12 }
    normal { bumps 0.9 scale 0.10 }
    finish { ambient 0.08 diffuse 0.85 }
  }
#end
#macro Poplar(At, Size)
  union {
    cylinder { 0, y * 0.6, 0.07 texture { Wood } }
    sphere { 0, 1 scale <0.36, 1.35, 0.36> translate y * 1.75 Leaves(rgb <0.17, 0.28, 0.08>) }
    sphere { 0, 1 scale <0.27, 0.9, 0.27> translate <0.1, 2.3, 0.05> Leaves(rgb <0.20, 0.31, 0.09>) }
    scale Size * (0.85 + 0.3 * rand(R))
    // The tops sway a little.
    rotate z * 1.6 * sin(Tau * (clock + rand(R)))
    translate At
  }
#end
#macro Tree(At, Size)
  union {
    cylinder { 0, y * 0.8, 0.1 texture { Wood } }
    #for (I, 0, 5)
      sphere { <0.34 * (rand(R) - 0.5) * 2, 1.05 + 0.5 * rand(R), 0.34 * (rand(R) - 0.5) * 2>, 0.36 + 0.2 * rand(R) Leaves(rgb <0.26, 0.33, 0.08>) }
    #end
    scale Size
    translate At
  }
#end
#for (I, 0, 6) Poplar(<-7.4 + I * 0.86, 0, 9.5 + I * 1.7>, 1.1) #end
Tree(<-4.9, 0, 3.2>, 1.1)
Tree(<6.6, 0, 7>, 1.4)
Tree(<7.9, 0, 5.2>, 1.0)
#for (I, 0, 9) Tree(<-12 + I * 3.1 + rand(R), 2.2 + 1.4 * rand(R), 27 + 5 * rand(R)>, 0.9) #end

// A fence along the field in front.
#for (I, 0, 15)
  box { <-0.05, 0, -0.05>, <0.05, 0.62 + 0.05 * rand(R), 0.05> rotate z * 4 * (rand(R) - 0.5) translate <-9.5 + I * 1.25, 0, -2.2 + 0.16 * I> texture { Wood } }
#end
#for (K, 0, 1)
  cylinder { <-10, 0.28 + K * 0.22, -2.26>, <9.5, 0.28 + K * 0.22, 0.22>, 0.028 texture { Wood } }
#end

// Bales of hay.
#macro Bale(At, Turn)
  cylinder {
    -x * 0.38, x * 0.38, 0.38
    texture {
      pigment { wood turbulence 0.25 color_map { [0 rgb <0.62, 0.44, 0.16>] [1 rgb <0.80, 0.62, 0.26>] } scale 0.07 rotate y * 90 }
      normal { wrinkles 0.6 scale 0.06 }
      finish { ambient 0.1 diffuse 0.8 }
    }
    rotate y * Turn
    translate At + y * 0.38
  }
#end
Bale(<-1.2, 0, 0.4>, 35)
Bale(<0.3, 0, 1.7>, -20)
Bale(<-5.6, 0, 0.1>, 70)
Bale(<5.9, 0, 1.2>, 10)

// Birds going home; wings beat four times in a loop.
#for (I, 0, 6)
  #declare Beat = 28 * sin(Tau * (4 * clock + rand(R)));
  #declare Place = <-5 + 0.8 * abs(I - 3) - 1.6 + 1.2 * clock, 7.2 - 0.28 * abs(I - 3), 9 + 0.8 * (I - 3)>;
  union {
    triangle { 0, <0.34, 0, 0.08>, <0.05, 0, -0.14> rotate z * Beat }
    triangle { 0, <-0.34, 0, 0.08>, <-0.05, 0, -0.14> rotate z * -Beat }
    pigment { rgb 0.05 }
    finish { ambient 0 }
    rotate x * -20
    translate Place
  }
#end
