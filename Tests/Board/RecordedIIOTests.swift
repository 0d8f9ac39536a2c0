import Testing

@testable import Board

/// Sensors of Industrial I/O, as their drivers in Linux 6.1 show them. `IIO_VAL_FRACTIONAL` and `IIO_VAL_FRACTIONAL_LOG2` have nine digits,
/// `IIO_VAL_INT_PLUS_MICRO` six (__iio_format_value() in drivers/iio/industrialio-core.c); names are made in __iio_device_attr_init() there.
@Suite struct RecordedIIOTests {
    @Test func `DHT22, named after its node in the device tree`() throws {
        try RecordedTree(
            "iio", "drivers/iio/humidity/dht11.c",
            """
            name dht11@4
            in_temp_input 21400
            in_humidityrelative_input 45600
            """,
            [("iio:dht11@4/temp", 21.4, "°C"), ("iio:dht11@4/humidityrelative", 45.6, "%RH")]
        ).check()
    }

    @Test func `BME280`() throws {
        try RecordedTree(
            "iio", "drivers/iio/pressure/bmp280-core.c",
            """
            name bme280
            in_temp_input 22340
            in_temp_oversampling_ratio 2
            in_temp_oversampling_ratio_available 1 2 4 8 16
            in_humidityrelative_input 45678
            in_humidityrelative_oversampling_ratio 16
            in_pressure_input 101.325003906
            in_pressure_oversampling_ratio 16
            """,
            [
                ("iio:bme280/temp", 22.34, "°C"), ("iio:bme280/humidityrelative", 45.678, "%RH"),
                ("iio:bme280/pressure", 1013.25003906, "hPa"),
            ]
        ).check()
    }

    @Test func `BMP280, below zero`() throws {
        try RecordedTree(
            "iio", "drivers/iio/pressure/bmp280-core.c",
            """
            name bmp280
            in_temp_input -3510
            in_pressure_input 98.712000000
            """,
            [("iio:bmp280/temp", -3.51, "°C"), ("iio:bmp280/pressure", 987.12, "hPa")]
        ).check()
    }

    @Test func `BME680, whose driver gives humidity in percent`() throws {
        try RecordedTree(
            "iio", "drivers/iio/chemical/bme680_core.c, bme680_read_humid()",
            """
            name bme680
            in_temp_input 23120
            in_pressure_input 101.300000000
            in_humidityrelative_input 41.235000000
            in_resistance_input 128450
            """,
            [
                ("iio:bme680/temp", 23.12, "°C"), ("iio:bme680/pressure", 1013, "hPa"), ("iio:bme680/humidityrelative", 41.235, "%RH"),
                ("iio:bme680/resistance", 128_450, "Ω"),
            ]
        ).check()
    }

    @Test func `BH1750`() throws {
        try RecordedTree(
            "iio", "drivers/iio/light/bh1750.c",
            """
            name bh1750
            in_illuminance_raw 412
            in_illuminance_scale 0.833333
            in_illuminance_integration_time 0.123648
            """,
            [("iio:bh1750/illuminance", 343.333196, "lx")]
        ).check()
    }

    @Test func `TSL2561`() throws {
        try RecordedTree(
            "iio", "drivers/iio/light/tsl2563.c",
            """
            name tsl2561
            in_illuminance0_input 231
            in_intensity_both_raw 1043
            in_intensity_both_calibscale 1000
            in_intensity_ir_raw 217
            in_intensity_ir_calibscale 1000
            """,
            [("iio:tsl2561/illuminance0", 231, "lx"), ("iio:tsl2561/intensity_both", 1043, ""), ("iio:tsl2561/intensity_ir", 217, "")]
        ).check()
    }

    @Test func `VEML7700, in Linux 6.1 as VEML6030 and later by its name`() throws {
        for (name, files) in [
            ("veml6030", "in_illuminance_input 168.480000\nin_illuminance_raw 5850\nin_illuminance_scale 0.125\n"),
            ("veml7700", "in_illuminance_raw 5850\nin_illuminance_scale 0.028800\nin_intensity_white_raw 8121\n"),
        ] {
            try RecordedTree("iio", "drivers/iio/light/veml6030.c", "name \(name)\n" + files, [("iio:\(name)/illuminance", 168.48, "lx")]).check()
        }
    }

    @Test func `ADS1115, single and differential, each channel with its own range`() throws {
        try RecordedTree(
            "iio", "drivers/iio/adc/ti-ads1015.c, ads1015_fullscale_range[]",
            """
            name ads1015
            in_voltage0_raw 26400
            in_voltage0_scale 0.125000000
            in_voltage1_raw -12
            in_voltage1_scale 0.062500000
            in_voltage0-voltage1_raw 1600
            in_voltage0-voltage1_scale 0.187500000
            in_voltage2-voltage3_raw -4
            in_voltage2-voltage3_scale 0.007812500
            scale_available 0.187500000 0.125000000 0.062500000
            """,
            [
                ("iio:ads1015/voltage0", 3.3, "V"), ("iio:ads1015/voltage1", -0.00075, "V"), ("iio:ads1015/voltage0-voltage1", 0.3, "V"),
                ("iio:ads1015/voltage2-voltage3", -0.00003125, "V"),
            ]
        ).check()
    }

    @Test func `MCP3008, whose differential channels share a scale of their own`() throws {
        try RecordedTree(
            "iio", "drivers/iio/adc/mcp320x.c",
            """
            name mcp3008
            in_voltage0_raw 512
            in_voltage7_raw 1023
            in_voltage_scale 3.222656250
            in_voltage0-voltage1_raw 100
            in_voltage-voltage_scale 3.222656250
            """,
            [
                ("iio:mcp3008/voltage0", 1.65, "V"), ("iio:mcp3008/voltage7", 3.29677734375, "V"),
                ("iio:mcp3008/voltage0-voltage1", 0.322265625, "V"),
            ]
        ).check()
    }

    @Test func `MLX90614, ambient and object`() throws {
        try RecordedTree(
            "iio", "drivers/iio/temperature/mlx90614.c, MLX90614_CONST_OFFSET_DEC",
            """
            name mlx90614
            in_temp_ambient_raw 14824
            in_temp_object_raw 15424
            in_temp_object_calibemissivity 1.000000000
            in_temp_offset -13657.500000
            in_temp_scale 20
            """,
            [("iio:mlx90614/temp_ambient", 23.33, "°C"), ("iio:mlx90614/temp_object", 35.33, "°C")]
        ).check()
    }

    @Test func `SCD30, whose CO2 is in hundredths of ppm`() throws {
        try RecordedTree(
            "iio", "drivers/iio/chemical/scd30_core.c, scd30_float_to_fp()",
            """
            name scd30
            in_concentration_co2_raw 43909
            in_concentration_co2_scale 0.000001
            in_temp_input 27230
            in_temp_calibbias 0
            in_humidityrelative_input 48800
            out_pressure_raw 0
            """,
            [("iio:scd30/concentration_co2", 439.09, "ppm"), ("iio:scd30/temp", 27.23, "°C"), ("iio:scd30/humidityrelative", 48.8, "%RH")]
        ).check()
    }

    @Test func `SCD41, with scale and offset of each channel`() throws {
        try RecordedTree(
            "iio", "drivers/iio/chemical/scd4x.c, scd4x_read_raw()",
            """
            name scd41
            in_concentration_co2_raw 612
            in_concentration_co2_scale 0.000100
            in_temp_raw 26214
            in_temp_scale 2.670288085
            in_temp_offset -16852.114286
            in_humidityrelative_raw 32768
            in_humidityrelative_scale 1.525878906
            """,
            [
                ("iio:scd41/concentration_co2", 612, "ppm"), ("iio:scd41/temp", (26_214 - 16_852.114286) * 2.670288085 / 1000, "°C"),
                ("iio:scd41/humidityrelative", 49.999999991808, "%RH"),
            ]
        ).check()
    }

    @Test func `SGP30, whose driver gives ratios instead of percent`() throws {
        try RecordedTree(
            "iio", "drivers/iio/chemical/sgp30.c, sgp_read_raw()",
            """
            name sgp30
            in_concentration_co2_input 0.000412
            in_concentration_voc_input 0.000000125
            in_concentration_ethanol_raw 18712
            in_concentration_h2_raw 13421
            """,
            [
                ("iio:sgp30/concentration_co2", 412, "ppm"), ("iio:sgp30/concentration_voc", 0.125, "ppm"),
                ("iio:sgp30/concentration_ethanol", 18_712, ""), ("iio:sgp30/concentration_h2", 13_421, ""),
            ]
        ).check()
    }

    @Test func `HC-SR04 and VL53L0X`() throws {
        for (name, driver) in [("srf04", "drivers/iio/proximity/srf04.c"), ("vl53l0x", "drivers/iio/proximity/vl53l0x-i2c.c")] {
            try RecordedTree(
                "iio", driver, "name \(name)\nin_distance_raw 843\nin_distance_scale 0.001000\n", [("iio:\(name)/distance", 0.843, "m")]
            ).check()
        }
    }

    @Test func `what else the ABI has: means, currents and shared scales`() throws {
        try RecordedTree(
            "iio", "Documentation/ABI/testing/sysfs-bus-iio",
            """
            name adc
            in_voltage3_mean_raw 1000
            in_voltage3_scale 0.500000
            in_current4_raw 200
            in_current_scale 0.100000
            in_current_offset 50
            in_power5_input 1250
            in_proximity_raw 77
            in_massconcentration_pm2p5_input 12.5
            in_electricalconductivity_raw 1280
            in_electricalconductivity_scale 0.000100
            """,
            [
                ("iio:adc/voltage3_mean", 0.5, "V"), ("iio:adc/current4", 0.025, "A"), ("iio:adc/power5", 1.25, "W"), ("iio:adc/proximity", 77, ""),
                ("iio:adc/massconcentration_pm2p5", 12.5, "µg/m³"), ("iio:adc/electricalconductivity", 0.128, "S/m"),
            ]
        ).check()
    }
}
